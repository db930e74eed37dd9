import Domain
import Engine
import EventStore

/// Which events are exported, in the words of a person.
public struct AuditExport: Sendable {
  public var format: EventExporter.Format
  public var from: LogPoint
  public var to: LogPoint?
  public var follower: FollowerName?
  /// Empty for all types.
  public var types: [EventType]

  public init(
    format: EventExporter.Format, from: LogPoint = .start, to: LogPoint? = nil, follower: FollowerName? = nil,
    types: [EventType] = []
  ) {
    self.format = format
    self.from = from
    self.to = to
    self.follower = follower
    self.types = types
  }

  /// Writes the events of the store at `path`.
  ///
  /// - Parameter sink: takes pieces of whole lines; they live no longer than the call.
  /// - Returns: how many events were written.
  @discardableResult
  public func run(store path: String, to sink: (UnsafeRawBufferPointer) throws -> Void) throws -> Int {
    let reader = try SQLiteEventReader(path: path)
    defer { reader.close() }
    return try EventExporter.export(reader, as: format, filter: filter(in: reader), to: sink)
  }

  private func filter(in source: any EventSource) throws -> EventExporter.Filter {
    var filter = EventExporter.Filter(
      from: try from.first(in: source), through: try to?.last(in: source) ?? SequenceNumber(.max))
    if let follower {
      let stream = StreamName.follower(follower)
      filter.stream = { $0 == stream }
    }
    if !types.isEmpty {
      let names = Set(types.map(\.name))
      filter.type = { names.contains($0) }
    }
    return filter
  }
}

extension StreamName {
  /// The stream of a follower's events.
  static func follower(_ name: FollowerName) -> StreamName {
    StreamName(validating: "follower/\(name)") ?? StreamName(text: name.text)
  }
}
