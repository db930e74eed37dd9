import Domain

/// Bytes that are appended to and emptied again and again: what is hashed, and what is exported.
///
/// Every append makes room first, so the raw writes below stay inside the allocation. Nothing is allocated once the
/// buffer has grown to the largest row it meets.
struct ByteBuffer: ~Copyable {
  private var base: UnsafeMutableRawPointer
  private var capacity: Int
  private(set) var count = 0
  // Consecutive rows mostly share their day; its ten bytes are computed once.
  private var dayNumber = Int64.min
  private var dayText: (UInt64, UInt16) = (0, 0)

  init(capacity: Int = 4_096) {
    self.capacity = capacity
    base = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
  }

  deinit { base.deallocate() }

  mutating func removeAll() { count = 0 }

  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try body(UnsafeRawBufferPointer(start: base, count: count))
  }

  @inline(__always)
  private mutating func reserve(_ extra: Int) {
    if count + extra > capacity { grow(extra) }
  }

  @inline(never)
  private mutating func grow(_ extra: Int) {
    let wider = max(capacity * 2, count + extra)
    let moved = UnsafeMutableRawPointer.allocate(byteCount: wider, alignment: 16)
    moved.copyMemory(from: base, byteCount: count)
    base.deallocate()
    base = moved
    capacity = wider
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    reserve(1)
    base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
    count += 1
  }

  @inline(__always)
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    reserve(bytes.count)
    (base + count).copyMemory(from: start, byteCount: bytes.count)
    count += bytes.count
  }

  mutating func append(_ text: StaticString) {
    append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func append(_ hash: EventHash) { hash.withBytes { append($0) } }

  @inline(__always)
  mutating func appendLength(_ length: UInt32) {
    reserve(4)
    base.storeBytes(of: length.bigEndian, toByteOffset: count, as: UInt32.self)
    count += 4
  }

  /// Writes the length that was left open at `place`: everything appended since.
  @inline(__always)
  mutating func closeLength(at place: Int) {
    base.storeBytes(of: UInt32(count - place - 4).bigEndian, toByteOffset: place, as: UInt32.self)
  }

  mutating func appendDecimal(_ value: Int64) {
    reserve(20)
    if value < 0 { append(UInt8(ascii: "-")) }
    var rest = value.magnitude
    var digits = 1
    var limit: UInt64 = 10
    while digits < 19, rest >= limit {
      digits += 1
      limit = limit &* 10
    }
    var place = count + digits
    count = place
    repeat {
      place -= 1
      base.storeBytes(of: UInt8(truncatingIfNeeded: 48 &+ rest % 10), toByteOffset: place, as: UInt8.self)
      rest /= 10
    } while rest > 0
  }

  @inline(__always)
  private mutating func pair(_ value: Int64) {
    base.storeBytes(of: UInt8(truncatingIfNeeded: 48 &+ value / 10), toByteOffset: count, as: UInt8.self)
    base.storeBytes(of: UInt8(truncatingIfNeeded: 48 &+ value % 10), toByteOffset: count + 1, as: UInt8.self)
    count += 2
  }

  mutating func appendHex(_ bytes: UnsafeRawBufferPointer) {
    reserve(bytes.count * 2)
    for byte in bytes {
      base.storeBytes(of: ByteBuffer.hexDigit(byte >> 4), toByteOffset: count, as: UInt8.self)
      base.storeBytes(of: ByteBuffer.hexDigit(byte & 15), toByteOffset: count + 1, as: UInt8.self)
      count += 2
    }
  }

  @inline(__always)
  private static func hexDigit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 48 &+ nibble : 87 &+ nibble }

  /// The 36 bytes of a UUID's text, from its 16.
  mutating func appendUUID(_ bytes: UnsafeRawBufferPointer) {
    reserve(36)
    appendHex(UnsafeRawBufferPointer(rebasing: bytes[0..<4]))
    append(UInt8(ascii: "-"))
    appendHex(UnsafeRawBufferPointer(rebasing: bytes[4..<6]))
    append(UInt8(ascii: "-"))
    appendHex(UnsafeRawBufferPointer(rebasing: bytes[6..<8]))
    append(UInt8(ascii: "-"))
    appendHex(UnsafeRawBufferPointer(rebasing: bytes[8..<10]))
    append(UInt8(ascii: "-"))
    appendHex(UnsafeRawBufferPointer(rebasing: bytes[10..<16]))
  }

  /// The 27 bytes of ``Timestamp/description``. `microseconds` lies within the years 0001 to 9999.
  mutating func appendTimestamp(_ microseconds: Int64) {
    reserve(27)
    let sinceYearOne = microseconds &+ 62_135_596_800_000_000
    let day = sinceYearOne / 86_400_000_000
    if day != dayNumber { rememberDay(day) }
    base.storeBytes(of: dayText.0, toByteOffset: count, as: UInt64.self)
    base.storeBytes(of: dayText.1, toByteOffset: count + 8, as: UInt16.self)
    count += 10
    let micros = sinceYearOne - day * 86_400_000_000
    let seconds = micros / 1_000_000
    let fraction = micros - seconds * 1_000_000
    append(UInt8(ascii: "T"))
    pair(seconds / 3_600)
    append(UInt8(ascii: ":"))
    pair(seconds / 60 % 60)
    append(UInt8(ascii: ":"))
    pair(seconds % 60)
    append(UInt8(ascii: "."))
    pair(fraction / 10_000)
    pair(fraction / 100 % 100)
    pair(fraction % 100)
    append(UInt8(ascii: "Z"))
  }

  private mutating func rememberDay(_ day: Int64) {
    var text: [UInt8] = []
    Day(daysSinceEpoch: Int32(day - 719_162)).appendText(to: &text)
    text.withUnsafeBytes {
      dayText = ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt16.self))
    }
    dayNumber = day
  }
}

/// The times that have a text: years 0001 to 9999.
let storableTimes: ClosedRange<Int64> = -62_135_596_800_000_000...253_402_300_799_999_999
