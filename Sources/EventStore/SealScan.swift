import Crypto
import Domain
import Glibc

/// Reads a whole file once: its hash, and the one place in it where the seal lies.
struct SealScan {
  /// SHA-256 over the file with the value of the seal as zeros.
  let digest: EventHash
  /// Where the value lies in the file.
  let offset: Int64
  let value: EventHash

  private static let chunk = 1 << 20
  private static let valueLength = 32
  /// The first row of a table ends where its page ends, so at a multiple of the smallest page.
  private static let alignment = 512

  /// - Returns: `nil` when the file does not hold the row of the seal exactly once, at the end of a page.
  init?(_ file: DatabaseFile) throws {
    var hash = SHA256()
    var found: (offset: Int64, value: EventHash)?
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: SealScan.chunk, alignment: 4_096)
    defer { buffer.deallocate() }
    var offset: Int64 = 0
    while offset < file.length {
      let count = Int(min(Int64(SealScan.chunk), file.length - offset))
      let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
      try file.read(bytes, at: offset)
      for place in SealScan.places(in: bytes) {
        let value = UnsafeMutableRawBufferPointer(rebasing: bytes[place..<(place + SealScan.valueLength)])
        guard found == nil, let sealed = EventHash(bytes: UnsafeRawBufferPointer(value)) else { return nil }
        found = (offset + Int64(place), sealed)
        value.initializeMemory(as: UInt8.self, repeating: 0)
      }
      hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
      offset += Int64(count)
    }
    guard let found, let digest = hash.finalize().withUnsafeBytes({ EventHash(bytes: $0) }) else { return nil }
    self.digest = digest
    self.offset = found.offset
    value = found.value
  }

  /// Where values of seals begin.
  private static func places(in bytes: UnsafeMutableRawBufferPointer) -> [Int] {
    guard let start = bytes.baseAddress else { return [] }
    var places: [Int] = []
    Seal.row.withUnsafeBytes { row in
      guard let pattern = row.baseAddress else { return }
      var end = alignment
      while end <= bytes.count {
        let place = end - valueLength
        if memcmp(start + (place - row.count), pattern, row.count) == 0 { places.append(place) }
        end += alignment
      }
    }
    return places
  }
}
