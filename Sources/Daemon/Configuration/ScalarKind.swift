/// What a single value has to be, and how it is read.
struct ScalarKind<Value> {
  let read: (YAMLScalar) throws(ScalarFault) -> Value
}

/// Why a value does not do.
struct ScalarFault: Error {
  var code: ConfigurationMistake.Code
  var message: String
  var remedy: String

  static func bad(_ scalar: YAMLScalar, _ whatItIsNot: String, remedy: String) -> ScalarFault {
    ScalarFault(code: .badValue, message: "\(capitalised(scalar.quoted)) is not \(whatItIsNot).", remedy: remedy)
  }

  static func range(_ scalar: YAMLScalar, _ why: String, remedy: String) -> ScalarFault {
    ScalarFault(code: .outOfRange, message: "\(capitalised(scalar.quoted)) \(why).", remedy: remedy)
  }

  private static func capitalised(_ text: String) -> String { text == "the value" ? "The value" : text }
}
