import Domain
import Foundation
import TestSupport
import Testing

@testable import EventStore

/// A directory of its own for each test, removed with its last reference.
final class Scratch {
  let path: String

  init() {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("event-store-\(UUID().uuidString)").path
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var store: String { path + "/log.db" }
  func file(_ name: String) -> String { path + "/" + name }

  static func bytes(_ path: String) -> Data? { FileManager.default.contents(atPath: path) }
  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}

extension Scratch {
  static func draft(
    _ number: Int, stream: StreamName = "leader", type: ShortText = "leader.order", payload: String? = nil,
    causation: SequenceNumber? = nil, correlation: ShortText? = nil, recordedAt: Int64? = nil
  ) -> EventDraft {
    let occurred = 1_795_404_300_000_000 + Int64(number) * 1_000_003
    let text = payload ?? "{\"number\":\(number),\"text\":\"Größe \\\"\(number % 7)\\\"\"}"
    return EventDraft(
      stream: stream, eventID: EventID(high: UInt64(number) << 16 | 0x8000, low: 0x8000_0000_0000_0001), type: type,
      schemaVersion: 1, recordedAt: Timestamp(microseconds: recordedAt ?? occurred + 5),
      occurredAt: Timestamp(microseconds: occurred), causation: causation, correlation: correlation,
      payload: Array(text.utf8))
  }

  /// Events over a few streams, some with cause and correlation.
  static func fill(_ log: any EventLog, _ count: Int, batch: Int = 50, payloadLength: Int = 0) throws {
    var number = Int(log.lastSequence.value)
    let end = number + count
    while number < end {
      var drafts: [EventDraft] = []
      var expected: [StreamName: StreamVersion] = [:]
      for _ in 0..<min(batch, end - number) {
        number += 1
        let stream: StreamName = number % 3 == 0 ? "leader" : number % 3 == 1 ? "follower/asha" : "follower/ravi"
        expected[stream] = log.head(of: stream)
        let payload =
          payloadLength == 0 ? nil : "{\"a\":\(number),\"b\":\"\(String(repeating: "x", count: payloadLength - 20))\"}"
        drafts.append(
          draft(
            number, stream: stream, payload: payload,
            causation: number % 2 == 0 ? SequenceNumber(Int64(number / 2)) : nil,
            correlation: number % 5 == 0 ? nil : "chain-1"))
      }
      _ = try log.append(drafts, expecting: expected)
    }
  }

  /// A closed store of `count` events.
  static func made(_ count: Int, payloadLength: Int = 0) throws -> Scratch {
    let scratch = Scratch()
    let log = try SQLiteEventLog(path: scratch.store)
    try fill(log, count, payloadLength: payloadLength)
    try log.close()
    return scratch
  }

  static func export(_ path: String, as format: EventExporter.Format = .jsonl, filter: EventExporter.Filter = .init())
    throws -> Data
  {
    let reader = try SQLiteEventReader(path: path)
    var data = Data()
    try EventExporter.export(reader, as: format, filter: filter) { data.append(contentsOf: $0) }
    return data
  }
}

/// Runs a program to its end.
func run(_ program: String, _ arguments: [String], input: String? = nil) throws -> ChildProcess.Outcome {
  try ChildProcess.run("/usr/bin/env", [program] + arguments, in: ".", input: input)
}

func isInstalled(_ program: String) -> Bool {
  (try? run("sh", ["-c", "command -v \(program)"]).status) == 0
}

/// The error that `body` throws, or `nil` when it throws none.
func storeError(_ body: () throws -> Void) -> EventStoreError? {
  do {
    try body()
    return nil
  } catch {
    return error as? EventStoreError
  }
}
