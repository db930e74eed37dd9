import Foundation

/// Where a configuration is looked for when none is named.
public enum ConfigurationLocation {
  /// In the folder where the command is called.
  public static let local = "./copytrade.yaml"
  /// For the whole machine.
  public static let machine = "/etc/copytrade/copytrade.yaml"

  /// The first of the two that exists; ``local`` when none does, so that messages speak of that one.
  public static var existing: String {
    [local, machine].first { FileManager.default.fileExists(atPath: $0) } ?? local
  }
}
