/// One file of a simulated disk: what was written to it, and what of that a power cut would leave.
///
/// Every process sees what was written, as through the page cache of a system. A sector reaches the disk with the next
/// synchronisation, or at any moment before it: after a power cut it is as it was after any of the writes since then, each
/// sector for itself, and so is the length.
final class DiskFile {
  private enum Change {
    case write(offset: Int, bytes: [UInt8])
    case truncate(Int)
  }

  /// What a read sees.
  private(set) var contents: [UInt8] = []
  private var durable: [UInt8] = []
  /// What happened since the last synchronisation, in its order.
  private var pending: [Change] = []
  /// Pages that the system takes for written though they never reached the disk, after a synchronisation that failed.
  private var forgotten: Set<Int> = []
  var locks = FileLocks()
  var sharedMemory: SharedMemory?

  /// The unit in which a system keeps track of what is not yet written.
  private static let page = 4_096

  init(_ contents: [UInt8] = []) {
    self.contents = contents
    durable = contents
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Bool {
    let count = max(0, min(buffer.count, contents.count - offset))
    if count > 0 {
      contents.withUnsafeBytes {
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<(offset + count)]))
      }
    }
    if count == buffer.count { return true }
    UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).initializeMemory(as: UInt8.self, repeating: 0)
    return false
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    if bytes.isEmpty { return }
    DiskFile.put(bytes, at: offset, in: &contents)
    let end = offset + bytes.count
    if forgotten.isEmpty {
      pending.append(.write(offset: offset, bytes: Array(bytes)))
    } else {
      // A page that is touched is written again as a whole, and with it what was forgotten of it.
      let pages = (offset / DiskFile.page)...((end - 1) / DiskFile.page)
      forgotten.subtract(pages)
      let from = pages.lowerBound * DiskFile.page
      let through = min((pages.upperBound + 1) * DiskFile.page, contents.count)
      pending.append(.write(offset: from, bytes: Array(contents[from..<through])))
    }
  }

  func truncate(to length: Int) {
    guard length != contents.count else { return }
    DiskFile.resize(&contents, to: length)
    pending.append(.truncate(length))
  }

  /// Makes everything durable.
  func synchronize() {
    for change in pending { DiskFile.apply(change, to: &durable) }
    pending.removeAll(keepingCapacity: true)
    DiskFile.resize(&durable, to: contents.count)
  }

  /// A synchronisation that failed: something of what was pending reached the disk, and the system tries the rest no
  /// more, as Linux does.
  func failToSynchronize(_ random: inout SeededGenerator, sectorSize: Int) {
    let written = contents
    for case .write(let offset, let bytes) in pending {
      forgotten.formUnion((offset / DiskFile.page)...((offset + bytes.count - 1) / DiskFile.page))
    }
    cutPower(&random, sectorSize: sectorSize)
    contents = written
  }

  /// Leaves what a power cut leaves: each sector as it was after some of its writes.
  func cutPower(_ random: inout SeededGenerator, sectorSize: Int) {
    defer {
      pending.removeAll(keepingCapacity: true)
      contents = durable
    }
    if pending.isEmpty { return }
    let count = pending.count
    let manner = random.below(6)
    let common = random.below(count + 1)
    let point = { (random: inout SeededGenerator) -> Int in
      switch manner {
      case 0: 0
      case 1: count
      case 2: common
      case 3: random.below(count + 1)
      case 4: random.chance(50) ? count : 0
      default: random.chance(90) ? count : random.below(count + 1)
      }
    }
    let before = durable
    let length = self.length(after: point(&random))
    DiskFile.resize(&durable, to: max(length, before.count))
    // What lies in a sector that was never written is zeros, or whatever was there.
    let isFilled = random.chance(25)
    for (sector, changes) in changesBySector(sectorSize).sorted(by: { $0.key < $1.key }) {
      let start = sector * sectorSize
      let last = point(&random)
      guard start < length else { continue }
      var bytes = Array(before.dropFirst(start).prefix(sectorSize))
      if bytes.isEmpty, isFilled { bytes = (0..<sectorSize).map { _ in UInt8(truncatingIfNeeded: random.next()) } }
      bytes += [UInt8](repeating: 0, count: sectorSize - bytes.count)
      for index in changes where index < last { DiskFile.apply(pending[index], to: &bytes, from: start) }
      let visible = min(sectorSize, durable.count - start)
      durable.replaceSubrange(start..<(start + visible), with: bytes[..<visible])
    }
    DiskFile.resize(&durable, to: length)
  }

  /// Turns a bit over, in what is durable and in what is seen.
  func flip(bit: Int, at offset: Int) {
    if offset < durable.count { durable[offset] ^= 1 << UInt8(bit) }
    if offset < contents.count { contents[offset] ^= 1 << UInt8(bit) }
  }

  private func length(after point: Int) -> Int {
    var length = durable.count
    for change in pending[..<point] {
      switch change {
      case .write(let offset, let bytes): length = max(length, offset + bytes.count)
      case .truncate(let shorter): length = shorter
      }
    }
    return length
  }

  private func changesBySector(_ size: Int) -> [Int: [Int]] {
    var sectors: [Int: [Int]] = [:]
    let end = max(contents.count, durable.count, length(after: pending.count))
    for (index, change) in pending.enumerated() {
      let touched =
        switch change {
        case .write(let offset, let bytes): (offset / size)...((offset + bytes.count - 1) / size)
        case .truncate(let length): (length / size)...max(end / size, length / size)
        }
      for sector in touched { sectors[sector, default: []].append(index) }
    }
    return sectors
  }

  private static func apply(_ change: Change, to bytes: inout [UInt8]) {
    switch change {
    case .write(let offset, let written): written.withUnsafeBytes { put($0, at: offset, in: &bytes) }
    case .truncate(let length): resize(&bytes, to: length)
    }
  }

  /// Applies to the sector that begins at `start` what of a change lies in it.
  private static func apply(_ change: Change, to sector: inout [UInt8], from start: Int) {
    switch change {
    case .write(let offset, let written):
      let from = max(offset, start)
      let end = min(offset + written.count, start + sector.count)
      if from < end {
        sector.replaceSubrange((from - start)..<(end - start), with: written[(from - offset)..<(end - offset)])
      }
    case .truncate(let length):
      let from = max(length - start, 0)
      if from < sector.count {
        sector.replaceSubrange(from..., with: repeatElement(0, count: sector.count - from))
      }
    }
  }

  private static func put(_ bytes: UnsafeRawBufferPointer, at offset: Int, in target: inout [UInt8]) {
    if target.count < offset + bytes.count { resize(&target, to: offset + bytes.count) }
    target.withUnsafeMutableBytes {
      UnsafeMutableRawBufferPointer(rebasing: $0[offset..<(offset + bytes.count)]).copyMemory(from: bytes)
    }
  }

  private static func resize(_ bytes: inout [UInt8], to length: Int) {
    if length < bytes.count {
      bytes.removeSubrange(length...)
    } else if length > bytes.count {
      bytes.append(contentsOf: repeatElement(0, count: length - bytes.count))
    }
  }
}
