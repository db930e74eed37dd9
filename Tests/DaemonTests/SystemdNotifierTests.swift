import Daemon
import Foundation
import Testing

@Suite struct SystemdNotifierTests {
  @Test("each message arrives as sd_notify(3) words it")
  func messages() throws {
    let socket = try NotifySocket.inFolder()
    let notifier = SystemdNotifier(environment: ["NOTIFY_SOCKET": socket.name])
    notifier.ready()
    notifier.reloading(monotonic: .seconds(12) + .microseconds(34))
    notifier.status("copying for 2 followers")
    notifier.alive()
    notifier.stopping()
    #expect(
      socket.received() == [
        "READY=1", "RELOADING=1\nMONOTONIC_USEC=12000034", "STATUS=copying for 2 followers", "WATCHDOG=1", "STOPPING=1",
      ])
  }

  @Test("an abstract socket is reached by its @ name")
  func abstractName() throws {
    let socket = try NotifySocket.abstract()
    SystemdNotifier(environment: ["NOTIFY_SOCKET": socket.name]).ready()
    #expect(socket.received() == ["READY=1"])
  }

  @Test("a status of several lines cannot say anything else to systemd")
  func statusStaysOneLine() throws {
    let socket = try NotifySocket.inFolder()
    SystemdNotifier(environment: ["NOTIFY_SOCKET": socket.name]).status("asha: blocked\nSTOPPING=1\r\nREADY=1")
    #expect(socket.received() == ["STATUS=asha: blocked STOPPING=1 READY=1"])
  }

  @Test(
    "without a socket that can be reached nothing happens",
    arguments: [
      nil, "", "@", "relative/path", "vsock:2:1", "/no/such/folder/notify", "/" + String(repeating: "n", count: 200),
    ])
  func noSocket(name: String?) {
    let notifier = SystemdNotifier(environment: name.map { ["NOTIFY_SOCKET": $0] } ?? [:])
    notifier.ready()
    notifier.stopping()
    notifier.alive()
  }

  @Test(
    "the watchdog is fed at half its time, and only where it watches this process",
    arguments: [
      (["WATCHDOG_USEC": "30000000"], Duration.seconds(15)),
      (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "77"], .seconds(15)),
      (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "78"], nil),
      (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "x"], nil),
      (["WATCHDOG_USEC": "0"], nil),
      (["WATCHDOG_USEC": "soon"], nil),
      ([:], nil),
    ] as [([String: String], Duration?)])
  func watchdog(environment: [String: String], interval: Duration?) {
    let reachable = environment.merging(["NOTIFY_SOCKET": "@copytrade"]) { $1 }
    #expect(SystemdNotifier(environment: reachable, process: 77).watchdogInterval == interval)
    #expect(SystemdNotifier(environment: environment, process: 77).watchdogInterval == nil)
  }
}

/// What systemd listens on, in a folder of the test's own.
private final class NotifySocket {
  let name: String
  private let folder: TemporaryFolder
  private let descriptor: Int32

  static func inFolder() throws -> NotifySocket {
    let folder = try TemporaryFolder()
    return try NotifySocket(folder, name: folder.path + "/n", path: Array((folder.path + "/n").utf8) + [0])
  }

  static func abstract() throws -> NotifySocket {
    let folder = try TemporaryFolder()
    return try NotifySocket(folder, name: "@" + folder.path, path: [0] + Array(folder.path.utf8))
  }

  private init(_ folder: TemporaryFolder, name: String, path: [UInt8]) throws {
    self.folder = folder
    self.name = name
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    try withUnsafeMutableBytes(of: &address.sun_path) { room in
      try #require(path.count <= room.count)
      room.copyBytes(from: path)
    }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    try #require(bound == 0)
  }

  deinit { close(descriptor) }

  /// What has arrived: a datagram is there when `sendto` returns.
  func received() -> [String] {
    var messages: [String] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      guard count >= 0 else { return messages }
      messages.append(String(decoding: buffer[..<count], as: UTF8.self))
    }
  }
}
