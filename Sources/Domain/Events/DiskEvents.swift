/// The disk of the log has little room left: exits only from now on (rule 37).
public struct DiskLow: EventPayload {
  public static let type = EventType.diskLow
  /// How many bytes were free; `nil` where nobody could say, and a commit found no room.
  public var free: Int64?

  public init(free: Int64?) { self.free = free }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.free = try reader.optionalInt("free_bytes")
  }
  public func write(to writer: inout PayloadWriter) { writer.int("free_bytes", free) }
}

/// The disk of the log has room again.
public struct DiskRecovered: EventPayload {
  public static let type = EventType.diskRecovered
  /// How many bytes were free; `nil` where nobody could say.
  public var free: Int64?

  public init(free: Int64?) { self.free = free }
  public init(reading reader: inout PayloadReader, version: Int) throws {
    self.free = try reader.optionalInt("free_bytes")
  }
  public func write(to writer: inout PayloadWriter) { writer.int("free_bytes", free) }
}
