import Glibc

/// Bytes that can grow, outside of Swift's arrays: thousands of short runs a minute are not to be spent on generic code
/// that nobody has optimised.
final class DiskBytes {
  private var start: UnsafeMutableRawPointer
  private var capacity: Int
  private(set) var count = 0

  init(capacity: Int = 0) {
    self.capacity = max(capacity, 64)
    start = .allocate(byteCount: self.capacity, alignment: 16)
  }

  convenience init(_ bytes: UnsafeRawBufferPointer) {
    self.init(capacity: bytes.count)
    put(bytes, at: 0)
  }

  deinit { start.deallocate() }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

  func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return UnsafeRawBufferPointer(start: start + range.lowerBound, count: range.count)
  }

  func copy() -> DiskBytes { DiskBytes(bytes) }

  /// Makes it shorter, or longer by zeros.
  func resize(to length: Int) {
    if length > capacity {
      let larger = max(length, capacity * 2)
      let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
      memcpy(moved, start, count)
      start.deallocate()
      start = moved
      capacity = larger
    }
    if length > count { memset(start + count, 0, length - count) }
    count = length
  }

  /// Writes bytes that are not its own, growing where they reach beyond its end.
  func put(_ source: UnsafeRawBufferPointer, at offset: Int) {
    guard let address = source.baseAddress, !source.isEmpty else { return }
    if offset + source.count > count { resize(to: offset + source.count) }
    memcpy(start + offset, address, source.count)
  }

  func clear(_ range: Range<Int>) {
    let range = range.clamped(to: 0..<count)
    if !range.isEmpty { memset(start + range.lowerBound, 0, range.count) }
  }

  func fill(_ range: Range<Int>, from random: inout SeededGenerator) {
    for index in range.clamped(to: 0..<count) {
      start.storeBytes(of: UInt8(truncatingIfNeeded: random.next()), toByteOffset: index, as: UInt8.self)
    }
  }

  func flip(bit: Int, at offset: Int) {
    guard offset < count else { return }
    let byte = start.load(fromByteOffset: offset, as: UInt8.self)
    start.storeBytes(of: byte ^ 1 << UInt8(bit), toByteOffset: offset, as: UInt8.self)
  }
}
