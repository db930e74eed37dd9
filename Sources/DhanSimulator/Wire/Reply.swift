import Domain

/// One HTTP reply: a status and a body.
struct Reply: Equatable {
  var status: Int
  var body: [UInt8]
  var contentType = "application/json"

  static func json(_ status: Int = 200, _ body: (inout JSONWriter) -> Void) -> Reply {
    var writer = JSONWriter()
    body(&writer)
    return Reply(status: status, body: writer.bytes)
  }

  static func text(_ status: Int, _ contentType: String, _ body: String) -> Reply {
    Reply(status: status, body: Array(body.utf8), contentType: contentType)
  }

  static func empty(_ status: Int) -> Reply { Reply(status: status, body: []) }

  static let emptyArray = Reply(status: 200, body: Array("[]".utf8))

  /// Envelope E4 (dhan-api-v2.md §1.3), with the error type that was seen with the code.
  static func refusal(_ status: Int, _ code: String, _ message: String) -> Reply {
    json(status) { writer in
      writer.object {
        $0.field("errorType", errorType(of: code))
        $0.field("errorCode", code)
        $0.field("errorMessage", message)
      }
    }
  }

  private static func errorType(of code: String) -> String {
    switch code {
    case "DH-901": "Invalid_Authentication"
    case "DH-904": "Rate_Limit"
    case "DH-905": "Input_Exception"
    case "DH-906": "Order_Error"
    case "DH-1111": "HOLDING_ERROR"
    default: ""
    }
  }

  /// What an outcome of the paper exchange says: its texts begin with the broker's code.
  static func refusal(text: String) -> Reply {
    let parts = text.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].hasPrefix("DH-") else { return refusal(400, "DH-906", text) }
    return refusal(400, String(parts[0]), String(parts[1]))
  }

  static let badInput = refusal(400, "DH-905", "Missing required fields, bad values for parameters etc.")
  static let invalidAddress = refusal(400, "DH-905", "Invalid IP")
  static let orderNotFound = refusal(400, "DH-906", noSuchOrder)
  static let noSuchOrder = "Incorrect request for order and cannot be processed"
  static let tooManyCalls = refusal(
    429, "DH-904", "Too many requests on server from single user breaching rate limits. Try throttling API calls.")

  /// The data APIs' own shape of the same.
  static let tooManyDataCalls = json(429) { writer in
    writer.object {
      $0.object("data") {
        $0.field("805", "Too many requests. Further requests may result in the user being blocked.")
      }
      $0.field("status", "failed")
    }
  }

  /// Envelope E5, of the data APIs.
  static func dataRefusal(_ code: String, _ message: String, status: Int = 400) -> Reply {
    json(status) { writer in
      writer.object {
        $0.field("status", "failed")
        $0.object("data") { $0.field(code, message) }
      }
    }
  }

  static let badDataRequest = dataRefusal("814", "Invalid Request")

  /// Envelope E8: the gateway knows no such path.
  static func unknownPath(_ path: String, at now: Timestamp) -> Reply {
    json(404) { writer in
      writer.object {
        $0.field("timestamp", now.microseconds / 1_000)
        $0.field("status", 404)
        $0.field("error", "Not Found")
        $0.field("path", path)
      }
    }
  }

  /// Envelope E9, of the host for authentication.
  static func authenticationError(_ status: Int, _ message: String) -> Reply {
    json(status) { writer in
      writer.object {
        $0.field("status", "error")
        $0.field("message", message)
      }
    }
  }

  /// What the simulator itself says of a control call.
  static func controlRefusal(_ message: String) -> Reply {
    json(400) { writer in writer.object { $0.field("error", message) } }
  }

  static let done = json { writer in writer.object { $0.field("done", true) } }
}

/// How a reply leaves.
struct Delivery: Equatable {
  enum Manner: Equatable {
    case whole
    /// Head and half of the body, then the connection ends.
    case half
    /// The connection is reset and no byte is sent.
    case reset
    /// Nothing is sent and the connection stays open.
    case hang
  }
  var reply: Reply
  var manner = Manner.whole
  var delay = Microseconds(0)

  init(_ reply: Reply, _ manner: Manner = .whole, after delay: Microseconds = Microseconds(0)) {
    self.reply = reply
    self.manner = manner
    self.delay = delay
  }
}
