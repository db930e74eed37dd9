import Domain

/// The version of this program, as logs and `--version` show it.
public enum Version {
  public static let text: ShortText = "0.1.0"
}
