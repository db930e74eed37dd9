import ArgumentParser
import Daemon
import Domain

struct ResolveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve",
    abstract: "Settles by hand a request that is in doubt.",
    discussion: """
      `copytrade orders --in-doubt` names the requests. Look into the account first: --absent says that the broker has no \
      order of it (or did not make the change); what is still wanted is then sent again. --order-id says that the broker \
      took it, under this number. Works with the service up or down, and is recorded either way (rule 30).
      """)

  @Argument(help: "The id of the request.")
  var request: String

  @Flag(help: "The broker did not take it.")
  var absent = false

  @Option(help: "The broker took it: the number of the order.")
  var orderID: String?

  @OptionGroup var store: StoreOptions

  func validate() throws {
    guard absent != (orderID != nil) else {
      throw ValidationError("Say either --absent or --order-id N.")
    }
    guard RequestID(validating: request) != nil else { throw ValidationError("\"\(request)\" is no id of a request.") }
    if let orderID {
      guard OrderID(validating: orderID) != nil, orderID.allSatisfy({ $0.isASCII && $0.isNumber }) else {
        throw ValidationError("\"\(orderID)\" is no order number: the broker's numbers are digits.")
      }
    }
  }

  func run() throws {
    guard let id = RequestID(validating: request) else { return }
    let order = orderID.flatMap { OrderID(validating: $0) }
    let sequence = try OperatorClient.give(.resolve(id, order), store: store.path())
    let what = order.map { "is order \($0)" } ?? "did not reach the broker"
    try Output.line("request \(id) \(what); the log is at event \(sequence)")
  }
}
