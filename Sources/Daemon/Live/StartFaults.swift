import Dhan
import Domain
import Engine

/// The broker needs a token, and this version cannot mint one.
struct NoToken: ExitStatusProviding, CustomStringConvertible {
  let account: AccountRole
  var exitStatus: ExitStatus { .configuration }
  var description: String {
    "\(account) has no access_token. This version does not mint tokens by totp: write access_token: { file: … }."
  }
}

/// An address, a file of certificates or a local address that cannot be used.
extension NetworkSetupFault: ExitStatusProviding {
  public var exitStatus: ExitStatus { .configuration }
}

extension InstrumentFault: ExitStatusProviding {
  public var exitStatus: ExitStatus {
    switch reason {
    case .badSource: .configuration
    case .unreachable, .unreadable: .unreachable
    // The file is kept beside the store, and whoever fetches it now is about to open that.
    case .busy: .storeInUse
    case .inputOutput: .cannotCreate
    }
  }
}
