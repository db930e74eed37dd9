/// What one kind of event says. The name and the fields are storage formats: a change of meaning is a new schema version.
public protocol EventPayload: Equatable, Sendable {
  static var type: EventType { get }
  init(reading reader: inout PayloadReader, version: Int) throws
  func write(to writer: inout PayloadWriter)
}

extension EventPayload {
  /// The canonical bytes of this payload.
  public var payload: [UInt8] { PayloadWriter.payload { write(to: &$0) } }
}
