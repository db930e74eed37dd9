/// The names of files: those that are seen, and those that a power cut would leave.
struct DiskDirectory {
  private(set) var files: [String: DiskFile] = [:]
  private var durable: [String: DiskFile] = [:]
  /// What became of names since the directory was synchronised, in their order.
  private var pending: [(path: String, file: DiskFile?)] = []

  subscript(path: String) -> DiskFile? { files[path] }

  /// How many bytes all files hold together.
  var length: Int { files.values.reduce(0) { $0 + $1.length } }

  /// Creates a file, or deletes it.
  mutating func set(_ path: String, _ file: DiskFile?) {
    files[path] = file
    pending.append((path, file))
  }

  /// Whether the name of a file would survive a power cut.
  func isDurable(_ path: String) -> Bool { durable[path] != nil && durable[path] === files[path] }

  mutating func synchronize() {
    durable = files
    pending.removeAll()
  }

  /// Makes one name durable, as synchronising its file does.
  mutating func synchronize(_ path: String) {
    durable[path] = files[path]
    pending.removeAll { $0.path == path }
  }

  /// Leaves each name as it was after some of what became of it, and of each file what a power cut leaves.
  mutating func cutPower(_ random: inout SeededGenerator, sectorSize: Int) {
    var left = durable
    for path in Set(pending.map(\.path)).sorted() {
      let changes = pending.filter { $0.path == path }
      let point = random.below(changes.count + 1)
      if point > 0 { left[path] = changes[point - 1].file }
    }
    for (_, file) in left.sorted(by: { $0.key < $1.key }) { file.cutPower(&random, sectorSize: sectorSize) }
    files = left
    synchronize()
  }

  /// Replaces everything, durably.
  mutating func replace(with image: DiskImage) {
    files = image.files.mapValues { bytes in DiskFile(bytes.withUnsafeBytes { DiskBytes($0) }) }
    synchronize()
  }

  /// Lets go of what belongs to processes that are gone.
  mutating func forgetProcesses() {
    for file in files.values {
      file.locks = FileLocks()
      file.sharedMemory = nil
    }
  }
}
