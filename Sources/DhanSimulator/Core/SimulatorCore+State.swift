import Domain
import PaperExchange

/// What a script wants to see.
extension SimulatorCore {
  func state(at now: Timestamp) -> Reply {
    let writer = readingWriter
    return .json { reply in
      reply.object { page in
        page.field("time", now.description)
        page.field("market_open", exchange.isOpen)
        page.field("streams", Int64(streams.count))
        page.field("faults_waiting", Int64(faults.count))
        page.array("accounts") { list in
          for account in exchange.accountIDs {
            list.object { row in
              row.field("client_id", account.description)
              calls(account, to: &row)
              row.field("stream_connections", Int64(streams.values.filter { $0.account == account }.count))
              let funds = exchange.funds(of: account)
              row.object("funds") {
                $0.field("start_of_day", rupees: funds?.startOfDay ?? .zero)
                $0.field("available", rupees: funds?.available ?? .zero)
                $0.field("utilised", rupees: funds?.utilised ?? .zero)
              }
              let orders = exchange.orderReports(of: account)
              row.field("rejected_orders", Int64(orders.filter { $0.order.status == .rejected }.count))
              row.array("orders") { rows in for report in orders { writer.order(report, account, to: &rows) } }
              row.array("positions") { held(account, to: &$0) }
            }
          }
        }
      }
    }
  }

  /// Open positions of every account, in units.
  var allPositions: Reply {
    .json { reply in
      reply.object { page in
        for account in exchange.accountIDs { page.array(account.description) { held(account, to: &$0) } }
      }
    }
  }

  private func calls(_ account: ClientID, to row: inout JSONWriter) {
    guard let tally = accounts[account]?.tally else { return }
    row.object("calls") {
      $0.field("orders", tally.orderCalls)
      $0.field("reads", tally.reads)
      $0.field("most_in_one_second", tally.mostInOneSecond)
      $0.field("rate_limited", tally.rateLimited)
      $0.field("refused", tally.refused)
    }
  }

  private func held(_ account: ClientID, to rows: inout JSONWriter) {
    for position in exchange.positions(of: account) {
      rows.object {
        $0.field("security_id", position.key.contract.securityID.description)
        $0.field("segment", position.key.contract.segment.rawValue)
        $0.field("product", position.key.product.rawValue)
        $0.field("quantity", position.quantity.units)
      }
    }
  }
}
