import ArgumentParser

struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Exports the event history, and proves that it is whole.",
    subcommands: [AuditExportCommand.self, AuditVerifyCommand.self])
}
