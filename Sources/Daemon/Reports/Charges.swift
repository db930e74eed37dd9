import Domain

/// The parts of a contract note. Securities transaction tax and stamp duty are whole rupees of the whole note; the total
/// is rounded once, so that it may differ by a paisa from the sum of the rounded parts.
public struct Charges: Sendable, Equatable {
  public let brokerage: Paise
  public let exchange: Paise
  public let sebi: Paise
  public let stt: Paise
  public let stamp: Paise
  public let gst: Paise
  public let total: Paise

  init(_ note: ContractNote, _ rates: ChargeRates, exchange rate: Int64) {
    // Everything exact in parts of a paisa: rates are for ten million, the tax on services is in percent.
    let (crore, percent) = (Int128(10_000_000), Int128(100))
    let turnover = Int128((note.bought + note.sold).count)
    let fee = Int128(rates.brokeragePerOrder.count) * Int128(note.orders) * crore
    let (transaction, regulator) = (turnover * Int128(rate), turnover * Int128(rates.sebi))
    func paise(_ value: Int128, _ divisor: Int128) -> Paise { Paise(Rounding.halfUp.quotient(value, divisor)) }
    func rupees(_ value: Int128) -> Paise { .rupees(Rounding.halfUp.quotient(value, crore * 100)) }
    brokerage = paise(fee, crore)
    exchange = paise(transaction, crore)
    sebi = paise(regulator, crore)
    stt = rupees(Int128(note.sold.count) * Int128(rates.stt))
    stamp = rupees(Int128(note.bought.count) * Int128(rates.stamp))
    let services = (fee + transaction + regulator) * Int128(rates.gst)
    gst = paise(services, crore * percent)
    let taxes = Int128((stt + stamp).count) * crore * percent
    total = paise((fee + transaction + regulator) * percent + services + taxes, crore * percent)
  }
}
