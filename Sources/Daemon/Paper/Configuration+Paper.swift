import Domain
import Foundation
import PaperExchange

/// Inside `Configuration` the name means the account as the file describes it.
private typealias ExchangeAccount = PaperAccount

extension Configuration {
  /// The paper exchange as it begins: the contracts of the bundled session, and the accounts of this configuration.
  var paperBeginning: PaperJournal {
    var accounts = [ExchangeAccount(clientID: leader.clientID, startOfDay: broker.paper.capital(of: "leader"))]
    for follower in followers {
      accounts.append(
        ExchangeAccount(clientID: follower.clientID, startOfDay: broker.paper.capital(of: "\(follower.name)")))
    }
    // The bundled script names its own followers, in faults and remarks; they trade nothing by themselves.
    for (_, client) in PaperDemo.names.sorted(by: { $0.key < $1.key })
    where !accounts.contains(where: { $0.clientID == client }) {
      accounts.append(ExchangeAccount(clientID: client, startOfDay: Paper.defaultCapital))
    }
    return PaperJournal(
      settings: PaperSettings(seed: broker.paper.seed), instruments: PaperDemo.instruments, accounts: accounts)
  }

  /// The session that is played.
  ///
  /// - Throws: ``PaperFault`` when the file cannot be read, with the line and what to write instead.
  func paperScript() throws -> PaperScript {
    var names = PaperDemo.names
    names["leader"] = leader.clientID
    for follower in followers { names["\(follower.name)"] = follower.clientID }
    do {
      switch broker.paper.script {
      case .demo: return try PaperScript(PaperDemo.text, instruments: PaperDemo.instruments, accounts: names)
      case .file(let path):
        guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8)
        else {
          throw PaperFault("The script \(path) cannot be read. Name an existing text file, or write script: demo.")
        }
        return try PaperScript(text, instruments: PaperDemo.instruments, accounts: names)
      }
    } catch let fault as PaperScriptError {
      throw PaperFault("The script of the paper exchange cannot be played. \(fault)")
    }
  }
}
