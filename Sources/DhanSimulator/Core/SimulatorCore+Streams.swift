import Domain
import PaperExchange

/// The order stream (W1 to W9).
extension SimulatorCore {
  private static let pingInterval = Microseconds.seconds(10)
  private static let longestSilence = Microseconds.seconds(40)

  /// A handshake was completed.
  mutating func openStream(at now: Timestamp) -> Int {
    defer { nextStream += 1 }
    streams[nextStream] = StreamRecord(lastPing: now, lastPong: now)
    return nextStream
  }

  mutating func streamEnded(_ stream: Int) { streams[stream] = nil }
  mutating func streamAnswered(_ stream: Int, at now: Timestamp) { streams[stream]?.lastPong = now }

  /// The first text is the login; what follows is ignored.
  mutating func streamReceived(_ text: [UInt8], on stream: Int, at now: Timestamp) {
    advance(to: now)
    guard let record = streams[stream], record.account == nil else { return }
    guard let account = loginAccount(text, at: now) else { return refuseLogin(stream) }
    if let fault = takeFault(on: .login, account) {
      switch fault.kind {
      case .reset: return end(stream, .reset)
      case .close: return end(stream, .close)
      case .deadToken, .invalidToken, .refuse: return refuseLogin(stream)
      case .silence, .hang: streams[stream]?.isSilent = true
      default: break
      }
    }
    let others = streams.filter { $0.value.account == account }.keys.sorted()
    switch switches.secondStream {
    case .refuse where !others.isEmpty: return end(stream, .close)
    case .kickOldest: if let oldest = others.first { end(oldest, .close) }
    case .allow, .refuse: break
    }
    // Silence is the only sign of success.
    streams[stream]?.account = account
  }

  private mutating func loginAccount(_ text: [UInt8], at now: Timestamp) -> ClientID? {
    guard let login = JSONValue(text), login["UserType"]?.text == "SELF", let request = login["LoginReq"],
      request["MsgCode"] == .number("42"), let name = request["ClientId"]?.text, let token = request["Token"]?.text,
      let owner = owner(of: token, at: now), owner.description == name
    else { return nil }
    return owner
  }

  private mutating func refuseLogin(_ stream: Int) {
    if switches.deadTokenOnStream == .binaryFrame {
      effects.append(.binary(stream, [0x00, 0x00, 0x32, 0x03] + Array("invalid token".utf8)))
      end(stream, .close)
    } else {
      end(stream, .reset)
    }
  }

  enum StreamEnd { case close, reset }

  mutating func endStreams(of account: ClientID?, _ manner: StreamEnd) {
    for (stream, record) in streams.sorted(by: { $0.key < $1.key }) where account == nil || record.account == account {
      end(stream, manner)
    }
  }

  private mutating func end(_ stream: Int, _ manner: StreamEnd) {
    guard streams[stream] != nil else { return }
    streams[stream] = nil
    effects.append(manner == .reset ? .reset(stream) : .close(stream))
  }

  /// Pings every ten seconds, and ends who has not answered for forty.
  mutating func keepAlive(at now: Timestamp) {
    guard switches.serverPing else { return }
    for (stream, record) in streams.sorted(by: { $0.key < $1.key }) {
      if now - record.lastPong >= SimulatorCore.longestSilence {
        end(stream, .close)
      } else if now - record.lastPing >= SimulatorCore.pingInterval, !record.isSilent {
        streams[stream]?.lastPing = now
        effects.append(.ping(stream))
      }
    }
  }

  /// Sends an update to whoever listens now; nobody gets it later (W5).
  mutating func deliver(_ update: PaperUpdate, at now: Timestamp) {
    if switches.skippedStatuses.contains(update.order.status.rawValue) { return }
    guard let fault = takeFault(on: .update, update.account) else { return send(update) }
    switch fault.kind {
    case .drop: break
    case .duplicate:
      send(update)
      send(update)
    case .delay, .reorder: heldUpdates.append(HeldUpdate(due: now + fault.delay, update: update))
    case .garbage:
      sendToAll(update.account) { .text($0, Array("1\n429 too many requests".utf8)) }
      send(update)
    case .binary:
      sendToAll(update.account) { .binary($0, [0x01, 0x02, 0x03, 0x04, 0x05]) }
      send(update)
    case .concatenate:
      let bytes = message(update)
      sendToAll(update.account) { .text($0, bytes + bytes) }
    case .close: endStreams(of: update.account, .close)
    case .reset: endStreams(of: update.account, .reset)
    case .silence: silence(true, update.account)
    default: send(update)
    }
  }

  mutating func deliverHeld(at now: Timestamp) {
    guard heldUpdates.contains(where: { $0.due <= now }) else { return }
    let due = heldUpdates.filter { $0.due <= now }
    heldUpdates.removeAll { $0.due <= now }
    for held in due { send(held.update) }
  }

  private mutating func send(_ update: PaperUpdate) {
    guard streams.values.contains(where: { $0.account == update.account && !$0.isSilent }) else { return }
    let bytes = message(update)
    sendToAll(update.account) { .text($0, bytes) }
  }

  private func message(_ update: PaperUpdate) -> [UInt8] {
    let contract = update.order.key.contract
    return StreamMessage(
      update: update, contract: contracts[contract], leg: legNames[update.order.orderID],
      reference: exchange.referencePrice(of: contract), switches: switches
    ).bytes
  }

  private mutating func sendToAll(_ account: ClientID, _ effect: (Int) -> StreamEffect) {
    for (stream, record) in streams.sorted(by: { $0.key < $1.key })
    where record.account == account && !record.isSilent { effects.append(effect(stream)) }
  }

  mutating func silence(_ isSilent: Bool, _ account: ClientID?) {
    for (stream, record) in streams where account == nil || record.account == account {
      streams[stream]?.isSilent = isSilent
    }
  }

  /// A fault for the open streams themselves, now.
  mutating func disturb(_ fault: Fault) {
    switch fault.kind {
    case .reset: endStreams(of: fault.account, .reset)
    case .close: endStreams(of: fault.account, .close)
    case .silence: silence(true, fault.account)
    case .resume: silence(false, fault.account)
    case .garbage, .binary:
      for (stream, record) in streams.sorted(by: { $0.key < $1.key })
      where fault.account == nil || record.account == fault.account {
        effects.append(
          fault.kind == .garbage
            ? .text(stream, Array("1\n429 too many requests".utf8)) : .binary(stream, [1, 2, 3, 4, 5]))
      }
    default: break
    }
  }

  /// Several messages for one stream in one frame, as clients have seen them (§6.6 of the sheet).
  func merged(_ effects: [StreamEffect]) -> [StreamEffect] {
    var result: [StreamEffect] = []
    for stream in Set(effects.map(\.stream)).sorted() {
      var texts: [[UInt8]] = []
      func flush() {
        guard !texts.isEmpty else { return }
        let separator: [UInt8] =
          switch switches.streamFrames {
          case .single, .concatenated: []
          case .lines: Array("\n".utf8)
          case .array: Array(",".utf8)
          }
        var frame = Array(texts.joined(separator: separator))
        if switches.streamFrames == .array { frame = Array("[".utf8) + frame + Array("]".utf8) }
        result.append(.text(stream, frame))
        texts = []
      }
      for effect in effects where effect.stream == stream {
        if case .text(_, let bytes) = effect { texts.append(bytes) } else { flush(); result.append(effect) }
      }
      flush()
    }
    return result
  }
}
