import ArgumentParser
import Daemon

@main
struct Copytrade: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "copytrade",
    abstract: "Copies option orders from one Dhan account into others, sized to each.",
    discussion: """
      Begin with `copytrade init`, which writes a copytrade.yaml that runs on the built-in paper exchange, and \
      `copytrade check`, which tells every mistake in it.

      Exit codes: 0 done · 1 what was checked does not hold · 64 usage · 65 the store is damaged or not ours · \
      69 broker or service unreachable · 70 a fault of our own · 73 cannot create output · 75 the store is in use · \
      77 file modes too open · 78 configuration mistake.
      """,
    version: "copytrade \(Version.text)",
    subcommands: [
      InitCommand.self,
      CheckCommand.self,
      DemoCommand.self,
      RunCommand.self,
      StatusCommand.self,
      OrdersCommand.self,
      PositionsCommand.self,
      ExplainCommand.self,
      ReportCommand.self,
      ReplayCommand.self,
      AuditCommand.self,
      HaltCommand.self,
      CloseOnlyCommand.self,
      ResumeCommand.self,
      ResolveCommand.self,
      BackupCommand.self,
      SimulatorCommand.self,
    ])
}
