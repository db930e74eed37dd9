extension RefusalRule {
  init(reading reader: inout PayloadReader) throws {
    let meaning: RefusalMeaning = try reader.choice("meaning")
    let says = try reader.list("says") { try $0.string("phrase") }
    self.init(says: says, meaning: meaning, treatment: try reader.choice("treatment"))
    guard !says.isEmpty, self.says == says, !says.contains("") else {
      throw reader.fault("phrases of a refusal, in lower case")
    }
  }

  func write(to writer: inout PayloadWriter) {
    writer.choice("meaning", meaning)
    writer.list("says", says) { $0.string("phrase", $1) }
    writer.choice("treatment", treatment)
  }
}
