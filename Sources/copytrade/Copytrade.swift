import ArgumentParser

@main
struct Copytrade: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "copytrade", abstract: "Copies option orders from one Dhan account into others, sized to each.")
}
