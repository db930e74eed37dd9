/// Appends rows to a buffer in the formats of an export.
struct RowWriter: ~Copyable {
  let format: EventExporter.Format
  var buffer = ByteBuffer(capacity: 1 << 17)
  private var origin = ByteBuffer(capacity: 64)

  init(format: EventExporter.Format, origin: String) {
    self.format = format
    Array(origin.utf8).withUnsafeBytes { self.origin.appendJSONString($0) }
  }

  mutating func begin() {
    guard format == .csv else { return }
    buffer.append(
      """
      sequence,recorded_at,occurred_at,stream,stream_version,event_id,type,schema_version,causation,correlation,\
      payload,previous_hash,hash\r\n
      """)
  }

  mutating func write(_ row: borrowing EventRow) {
    switch format {
    case .jsonl: writeJSON(row)
    case .csv: writeCSV(row)
    case .cloudevents: writeCloudEvent(row)
    }
  }

  private mutating func writeJSON(_ row: borrowing EventRow) {
    buffer.append("{\"sequence\":")
    buffer.appendDecimal(row.sequence)
    buffer.append(",\"recorded_at\":\"")
    buffer.appendTimestamp(row.recordedAt)
    buffer.append("\",\"occurred_at\":\"")
    buffer.appendTimestamp(row.occurredAt)
    buffer.append("\",\"stream\":")
    buffer.appendJSONString(row.stream)
    buffer.append(",\"stream_version\":")
    buffer.appendDecimal(row.streamVersion)
    buffer.append(",\"event_id\":\"")
    buffer.appendUUID(row.eventID)
    buffer.append("\",\"type\":")
    buffer.appendJSONString(row.type)
    buffer.append(",\"schema_version\":")
    buffer.appendDecimal(row.schemaVersion)
    buffer.append(",\"causation\":")
    if row.causation == 0 { buffer.append("null") } else { buffer.appendDecimal(row.causation) }
    buffer.append(",\"correlation\":")
    if let correlation = row.correlation { buffer.appendJSONString(correlation) } else { buffer.append("null") }
    buffer.append(",\"payload\":")
    buffer.append(row.payload)
    buffer.append(",\"previous_hash\":\"")
    buffer.appendHex(row.previousHash)
    buffer.append("\",\"hash\":\"")
    buffer.appendHex(row.hash)
    buffer.append("\"}\n")
  }

  private mutating func writeCSV(_ row: borrowing EventRow) {
    let comma = UInt8(ascii: ",")
    buffer.appendDecimal(row.sequence)
    buffer.append(comma)
    buffer.appendTimestamp(row.recordedAt)
    buffer.append(comma)
    buffer.appendTimestamp(row.occurredAt)
    buffer.append(comma)
    buffer.appendCSVField(row.stream)
    buffer.append(comma)
    buffer.appendDecimal(row.streamVersion)
    buffer.append(comma)
    buffer.appendUUID(row.eventID)
    buffer.append(comma)
    buffer.appendCSVField(row.type)
    buffer.append(comma)
    buffer.appendDecimal(row.schemaVersion)
    buffer.append(comma)
    if row.causation != 0 { buffer.appendDecimal(row.causation) }
    buffer.append(comma)
    // Null is empty, and an empty text is a pair of quotes.
    if let correlation = row.correlation {
      if correlation.isEmpty { buffer.append("\"\"") } else { buffer.appendCSVField(correlation) }
    }
    buffer.append(comma)
    buffer.appendCSVField(row.payload)
    buffer.append(comma)
    buffer.appendHex(row.previousHash)
    buffer.append(comma)
    buffer.appendHex(row.hash)
    buffer.append("\r\n")
  }

  /// `sequence` is text, as its CloudEvents extension wants it; integers of CloudEvents hold 32 bits only.
  private mutating func writeCloudEvent(_ row: borrowing EventRow) {
    buffer.append("{\"specversion\":\"1.0\",\"id\":\"")
    buffer.appendUUID(row.eventID)
    buffer.append("\",\"source\":")
    origin.withBytes { buffer.append($0) }
    buffer.append(",\"type\":")
    buffer.appendJSONString(row.type)
    buffer.append(",\"subject\":")
    buffer.appendJSONString(row.stream)
    buffer.append(",\"time\":\"")
    buffer.appendTimestamp(row.occurredAt)
    buffer.append("\",\"datacontenttype\":\"application/json\",\"sequence\":\"")
    buffer.appendDecimal(row.sequence)
    buffer.append("\",\"recordedtime\":\"")
    buffer.appendTimestamp(row.recordedAt)
    buffer.append("\",\"streamversion\":\"")
    buffer.appendDecimal(row.streamVersion)
    buffer.append("\",\"schemaversion\":\"")
    buffer.appendDecimal(row.schemaVersion)
    if row.causation != 0 {
      buffer.append("\",\"causation\":\"")
      buffer.appendDecimal(row.causation)
    }
    buffer.append("\",\"previoushash\":\"")
    buffer.appendHex(row.previousHash)
    buffer.append("\",\"hash\":\"")
    buffer.appendHex(row.hash)
    buffer.append("\"")
    // An attribute of CloudEvents is never an empty text.
    if let correlation = row.correlation, !correlation.isEmpty {
      buffer.append(",\"correlation\":")
      buffer.appendJSONString(correlation)
    }
    buffer.append(",\"data\":")
    buffer.append(row.payload)
    buffer.append("}\n")
  }
}

extension ByteBuffer {
  /// Appends `text`, which is UTF-8, as a JSON string.
  mutating func appendJSONString(_ text: UnsafeRawBufferPointer) {
    append(UInt8(ascii: "\""))
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""): append("\\\"")
      case UInt8(ascii: "\\"): append("\\\\")
      case 0..<0x20:
        append("\\u00")
        withUnsafeBytes(of: byte) { appendHex($0) }
      default: append(byte)
      }
    }
    append(UInt8(ascii: "\""))
  }

  /// Appends `text` as a field of RFC 4180, in quotes where it needs them.
  mutating func appendCSVField(_ text: UnsafeRawBufferPointer) {
    let quote = UInt8(ascii: "\"")
    guard text.contains(where: { $0 == quote || $0 == UInt8(ascii: ",") || $0 == 10 || $0 == 13 }) else {
      append(text)
      return
    }
    append(quote)
    var rest = text
    while let found = rest.firstIndex(of: quote) {
      append(UnsafeRawBufferPointer(rebasing: rest[...found]))
      append(quote)
      rest = UnsafeRawBufferPointer(rebasing: rest[(found + 1)...])
    }
    append(rest)
    append(quote)
  }
}
