import EventStore
import Foundation

/// What a demonstration came to.
struct DemoVerdict {
  let status: StatusReport
  let table: HoldingsTable
  /// `nil` when the service did not stop.
  let ending: ServiceProcess.Ending?
  let process: Int32
  let kills: Int
  let starts: Int
  let audit: VerifyReport
  let replay: ReplayVerification

  var isGood: Bool { faults.isEmpty }

  /// What does not hold, in words.
  var faults: [String] {
    var faults: [String] = []
    for follower in status.followers where follower.state != .inSync {
      faults.append("\(follower.name) is \(follower.state.rawValue): \(follower.conditions.first?.reason ?? "")")
    }
    if !table.isInSync { faults.append("the log and the broker's books do not agree") }
    if ending != .exited(0) { faults.append("the service \(ending.map { "\($0)" } ?? "did not stop") after SIGTERM") }
    if kills == 0 || starts != kills + 1 { faults.append("it started \(starts) times and was killed \(kills) times") }
    if !audit.isSound { faults.append("the log is damaged") }
    if let failure = replay.failure { faults.append("a replay decides differently: \(failure)") }
    return faults
  }

  var text: String {
    let seal = audit.isSealed ? "sound and sealed" : "sound"
    let equal = replay.failure == nil ? "all equal" : "DIFFERENT"
    var lines = [
      table.text, "",
      "process \(process) \(ending.map { "\($0)" } ?? "did not stop") after SIGTERM",
      "\(audit.events) events; the service started \(starts) times and was killed \(kills == 1 ? "once" : "\(kills) times")",
      "audit verify: \(audit.isSound ? seal : "DAMAGED"); anchor \(audit.last)",
      "replay --verify: \(replay.decisions) decisions made again, \(equal)", "",
    ]
    lines += isGood ? ["In sync."] : ["NOT in sync."] + faults.map { "  \($0)" }
    return lines.joined(separator: "\n")
  }
}
