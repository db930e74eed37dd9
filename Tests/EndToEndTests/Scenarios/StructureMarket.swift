/// The contracts of structures of several legs, and what the market shows of them.
enum StructureMarket {
  /// Calls and puts of one expiry: strikes 24000, 24050 and 24100.
  enum Leg {
    static let call = "60000"
    static let put = "60001"
    static let callWing = "60002"
    static let putWing = "60005"
    static let prices = [
      call: ("120.00", "120.40"), put: ("110.00", "110.40"), callWing: ("95.00", "95.40"), putWing: ("90.00", "90.40"),
    ]
  }

  static let market =
    """
    contracts:
      - {underlying: NIFTY, expiry: 2030-12-03, from_strike: 24000, to_strike: 24100, lot_size: 65, freeze_quantity: 1756,
         first_security_id: 60000, expiry_flag: W}
    market:

    """
    + Leg.prices.sorted { $0.key < $1.key }.map {
      "  - {security_id: \"\($0.key)\", bid: \($0.value.0), ask: \($0.value.1)}"
    }.joined(separator: "\n")
}
