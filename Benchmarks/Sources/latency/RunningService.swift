import Foundation

/// The real service as a process of its own, at the bare broker, over a fresh store.
final class RunningService {
  private let process = Process()
  let folder: String

  /// - Parameters:
  ///   - folder: is emptied; has to lie on a real disk, or commits cost nothing.
  ///   - tls: the folder of `ca.pem`, where the broker speaks TLS.
  init(program: String, folder: String, followers: Int, port: Int, tls: String?) throws {
    self.folder = folder
    try? FileManager.default.removeItem(atPath: folder)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    func write(_ name: String, _ text: String) throws {
      try text.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
    }
    try write("instruments.csv", BrokerTexts.instruments)
    try write("copytrade.yaml", RunningService.configuration(followers: followers, port: port, tls: tls))
    try write("service.log", "")
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["run"]
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ["LATENCY_TOKEN": "latency-benchmark", "SWIFT_BACKTRACE": "enable=no"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle(forWritingAtPath: "\(folder)/service.log")
    try process.run()
  }

  private static func configuration(followers: Int, port: Int, tls: String?) -> String {
    let secure = tls == nil ? "" : "s"
    let trust = tls.map { "\n  trust_roots: \($0)/ca.pem" } ?? ""
    let each = (1...followers).map { number in
      """
        - name: f\(number)
          client_id: "\(Broker.firstClient + number)"
          access_token: { env: LATENCY_TOKEN }
          sizing: { strategy: fixed_ratio, ratio: 1 }

      """
    }
    return """
      store: ./copytrade.db
      broker:
        kind: dhan
        rest_url: http\(secure)://127.0.0.1:\(port)/v2
        order_update_url: ws\(secure)://127.0.0.1:\(port)
        instruments: ./instruments.csv\(trust)
      market: { calendar: always_open }
      leader:
        client_id: "\(Broker.firstClient)"
        access_token: { env: LATENCY_TOKEN }
      followers:
      \(each.joined())
      """
  }

  var isRunning: Bool { process.isRunning }

  /// What it wrote, for a person who looks for what went wrong.
  var lastWords: String {
    let text = (try? String(contentsOfFile: "\(folder)/service.log", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").suffix(12).joined(separator: "\n")
  }

  /// Kilobytes from `/proc`: `VmRSS` or `VmHWM`.
  func memory(_ name: String) throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
    for line in status.split(separator: "\n") where line.hasPrefix(name + ":") {
      if let number = line.split(whereSeparator: { !$0.isNumber }).first.flatMap({ Int($0) }) { return number }
    }
    throw BenchmarkFailure("the service is gone:\n\(lastWords)")
  }

  /// Milliseconds of processor time that all of its threads have used.
  func processorTime() throws -> Int {
    let text = try String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)
    // Behind the name, which may hold blanks: state is the third field, utime and stime are the 14th and 15th.
    let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
    guard fields.count > 13, let user = Int(fields[12]), let system = Int(fields[13]) else {
      throw BenchmarkFailure("/proc says nothing of the service")
    }
    return (user + system) * 1_000 / Int(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// Stops it in order, or after ten seconds by force.
  func stop() throws {
    process.terminate()
    let end = Moment.now() + 10_000_000_000
    while process.isRunning {
      if Moment.now() > end { kill(process.processIdentifier, SIGKILL) }
      Moment.sleep(milliseconds: 50)
    }
    try FileManager.default.removeItem(atPath: folder)
  }
}
