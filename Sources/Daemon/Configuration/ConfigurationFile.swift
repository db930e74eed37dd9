import Foundation

/// Gets the text of a configuration file, or says why there is none.
enum ConfigurationFile {
  /// More than a thousand followers need.
  static let sizeLimit = 1 << 20

  /// - Parameter isWanted: what to do where there is no such file.
  static func contents(
    of path: String,
    isWanted: String = "Write one with `copytrade init --config FILE`, or name another with --config.",
    report: ConfigurationReport
  ) -> String? {
    func unreadable(_ why: String, _ remedy: String) -> String? {
      report.mistake(.unreadable, at: nil, key: "", why, remedy: remedy)
      return nil
    }
    let bytes: [UInt8]
    switch FileReading.read(path, limit: sizeLimit) {
    case .failure(.notThere):
      return unreadable("There is no such file.", isWanted)
    case .failure(.notAFile):
      return unreadable("This is no ordinary file.", "Name the file itself, such as copytrade.yaml.")
    case .failure(.notAllowed):
      return unreadable("This user may not read the file.", "Run as its owner, or give the file to this user.")
    case .failure(.tooLarge):
      report.mistake(
        .tooLarge, at: nil, key: "", "The file is larger than \(sizeLimit) bytes.",
        remedy: "Check that it is the configuration.")
      return nil
    case .failure(.broken(let reason)):
      return unreadable("The file cannot be read: \(reason).", "Check the disk, then try again.")
    case .success(let file):
      bytes = file.bytes
      if file.isWritableByOthers {
        report.mistake(
          .modesTooOpen, at: nil, key: "",
          "Other users of this machine may write the file (mode \(file.octalMode)), and so decide what is traded.",
          remedy: "Run: chmod 600 \(path)")
      }
    }
    return text(of: bytes, report: report)
  }

  /// The text that `bytes` hold, without a byte order mark.
  static func text(of bytes: [UInt8], report: ConfigurationReport) -> String? {
    func refuse(_ line: Int?, _ why: String, _ remedy: String) -> String? {
      report.mistake(
        .encoding, at: line.map { FilePlace(line: $0, column: 1) }, key: "", why, remedy: remedy)
      return nil
    }
    guard bytes.count <= sizeLimit else {
      report.mistake(
        .tooLarge, at: nil, key: "", "The file is larger than \(sizeLimit) bytes.",
        remedy: "Check that it is the configuration.")
      return nil
    }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      return refuse(nil, "The file is saved as UTF-16.", "Save it as UTF-8.")
    }
    // Some editors put a mark at the beginning of UTF-8; it says nothing.
    let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    guard let text = String(validating: content, as: UTF8.self) else {
      let line = firstBrokenLine(of: content)
      return refuse(line, "There are bytes here that are not UTF-8.", "Save the file as UTF-8.")
    }
    var line = 1
    for scalar in text.unicodeScalars {
      if scalar == "\n" { line += 1 }
      let isControl = scalar.properties.generalCategory == .control && !["\t", "\n", "\r"].contains(scalar)
      if isControl || scalar == "\u{FEFF}" {
        return refuse(line, "There is an invisible control character here.", "Type the line again.")
      }
    }
    return text
  }

  private static func firstBrokenLine(of bytes: ArraySlice<UInt8>) -> Int? {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }.map { $0 + 1 }
  }
}
