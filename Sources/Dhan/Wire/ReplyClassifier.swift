import Domain
import Ports

/// Says what a reply proves (rules 27 and 39; dhan-api-v2.md §1.5, §12.1).
enum ReplyClassifier {
  static func outcome(of call: BrokerCall, status: Int, body: [UInt8]) -> CallOutcome {
    .inDoubt(text: "not written yet")
  }

  /// `nil` when the reply is a reading to hand to ``BookReader``.
  static func readingFault(status: Int, body: [UInt8]) -> ReadingFault? { nil }
}
