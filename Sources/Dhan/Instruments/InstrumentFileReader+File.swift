import Domain
import Glibc

extension InstrumentFileReader {
  /// Reads the file at `path` in pieces of 256 KiB. Blocks the thread: call it from one that may.
  public static func table(ofFile path: String) throws(InstrumentFault) -> InstrumentTable {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(.unreachable, "The instrument file \(path) cannot be opened") }
    defer { close(descriptor) }
    do {
      return try table(descriptor: descriptor, name: path)
    } catch {
      throw InstrumentFault(error.reason, "\(path): \(error.text)")
    }
  }

  private static func table(descriptor: Int32, name: String) throws(InstrumentFault) -> InstrumentTable {
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 262_144, alignment: 16)
    defer { piece.deallocate() }
    var reader = InstrumentFileReader()
    while true {
      let count = Glibc.read(descriptor, piece.baseAddress, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .system(.inputOutput, "It cannot be read") }
      if count == 0 { return try reader.finish() }
      try reader.read(UnsafeRawBufferPointer(rebasing: piece[..<count]))
    }
  }
}

extension InstrumentFault {
  /// A fault of the system, with its words for the last error.
  static func system(_ reason: Reason, _ what: String) -> InstrumentFault {
    InstrumentFault(reason, "\(what): \(String(cString: strerror(errno))). Look at the path, its owner and the disk.")
  }
}
