import Foundation

/// Nanoseconds of the monotonic clock, which all processes of the machine share.
enum Moment {
  static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  static func sleep(until moment: Int64) {
    var time = timespec(tv_sec: Int(moment / 1_000_000_000), tv_nsec: Int(moment % 1_000_000_000))
    while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
  }

  static func sleep(milliseconds: Int64) { sleep(until: now() + milliseconds * 1_000_000) }

  /// The time of day in India as the broker writes it: whole seconds, no offset (dhan-api-v2.md §6.3).
  static func indianTime() -> String { indian("%Y-%m-%d %H:%M:%S", daysFromNow: 0) }

  static func indian(_ format: String, daysFromNow days: Int) -> String {
    var seconds = time(nil) + 19_800 + days * 86_400
    var parts = tm()
    gmtime_r(&seconds, &parts)
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { text in
      let length = strftime(text.baseAddress, 32, format, &parts)
      return String(decoding: text[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}

struct BenchmarkFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

enum Console {
  /// A line about progress, on standard error.
  static func note(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }
}
