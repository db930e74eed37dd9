import Domain

/// Writes events as text for other programs: every column, the payload byte for byte as stored.
public enum EventExporter {
  public enum Format: String, CaseIterable, Sendable {
    /// One JSON object a line.
    case jsonl
    /// RFC 4180 with a header line; a null column is empty.
    case csv
    /// CloudEvents 1.0 in JSON, one event a line.
    case cloudevents
  }

  /// Which events are written. The default is all of them.
  public struct Filter: Sendable {
    public var from = SequenceNumber.first
    public var through = SequenceNumber(.max)
    /// Asked once for each stream or type that occurs.
    public var stream: (@Sendable (StreamName) -> Bool)?
    public var type: (@Sendable (ShortText) -> Bool)?

    public init(
      from: SequenceNumber = .first, through: SequenceNumber = SequenceNumber(.max),
      stream: (@Sendable (StreamName) -> Bool)? = nil, type: (@Sendable (ShortText) -> Bool)? = nil
    ) {
      self.from = from
      self.through = through
      self.stream = stream
      self.type = type
    }
  }

  /// Writes the events of `source` that pass `filter`, as one consistent view of the log.
  ///
  /// - Parameters:
  ///   - origin: the `source` of CloudEvents, a URI reference that tells this store from others.
  ///   - sink: takes the text in pieces of whole lines, about 64 KiB each; they live no longer than the call.
  /// - Returns: how many events were written.
  /// - Throws: ``EventStoreError`` at damage, after the lines before it; whatever `sink` throws.
  @discardableResult
  public static func export(
    _ source: any EventSource, as format: Format, filter: Filter = Filter(), origin: String = "/copytrade",
    to sink: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> Int {
    var writer = RowWriter(format: format, origin: origin)
    var gate = Gate(filter)
    var count = 0
    writer.begin()
    try source.read(from: filter.from, through: filter.through, limit: .max) { row in
      guard try gate.passes(row) else { return }
      writer.write(row)
      count += 1
      if writer.buffer.count >= 1 << 16 {
        try writer.buffer.withBytes(sink)
        writer.buffer.removeAll()
      }
    }
    if writer.buffer.count > 0 { try writer.buffer.withBytes(sink) }
    return count
  }

  /// Remembers what the predicates said, so that each is asked once for a name.
  private struct Gate {
    let filter: Filter
    var streams: [ShortText: Bool] = [:]
    var types: [ShortText: Bool] = [:]

    init(_ filter: Filter) { self.filter = filter }

    mutating func passes(_ row: borrowing EventRow) throws -> Bool {
      if let asked = filter.type, try !answer(row.type, row.sequence, &types, asked) { return false }
      if let asked = filter.stream, try !answer(row.stream, row.sequence, &streams, { asked(StreamName(text: $0)) }) {
        return false
      }
      return true
    }

    private func answer(
      _ bytes: UnsafeRawBufferPointer, _ sequence: Int64, _ known: inout [ShortText: Bool], _ ask: (ShortText) -> Bool
    ) throws -> Bool {
      guard let name = ShortText(utf8: bytes) else {
        throw EventStoreError.damaged(
          "event \(sequence) holds a name that no event of ours holds", at: SequenceNumber(sequence))
      }
      if let answer = known[name] { return answer }
      let answer = ask(name)
      known[name] = answer
      return answer
    }
  }
}
