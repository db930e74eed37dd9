/// One file of a simulated disk: what was written to it, and what of that a power cut would leave.
///
/// Every process sees what was written, as through the page cache of a system. A sector reaches the disk with the next
/// synchronisation, or at any moment before it: after a power cut it is as it was after any of the writes since then, each
/// sector for itself, and so is the length.
final class DiskFile {
  private enum Change {
    case write(offset: Int, DiskBytes)
    case truncate(Int)
  }

  /// What a read sees.
  private(set) var contents: DiskBytes
  private var durable: DiskBytes
  /// What happened since the last synchronisation, in its order.
  private var pending: [Change] = []
  /// Pages that the system takes for written though they never reached the disk, after a synchronisation that failed.
  private var forgotten: Set<Int> = []
  var locks = FileLocks()
  var sharedMemory: SharedMemory?

  /// The unit in which a system keeps track of what is not yet written.
  private static let page = 4_096

  /// A file that is durably so.
  init(_ bytes: DiskBytes = DiskBytes()) {
    contents = bytes
    durable = bytes.copy()
  }

  var length: Int { contents.count }

  /// - Returns: whether the file holds as many bytes as were asked for; the rest is zeros.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Bool {
    let count = max(0, min(buffer.count, contents.count - offset))
    if count > 0 { buffer.copyMemory(from: contents.bytes(offset..<(offset + count))) }
    if count == buffer.count { return true }
    UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).initializeMemory(as: UInt8.self, repeating: 0)
    return false
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    if bytes.isEmpty { return }
    contents.put(bytes, at: offset)
    if forgotten.isEmpty {
      pending.append(.write(offset: offset, DiskBytes(bytes)))
      return
    }
    // A page that is touched is written again as a whole, and with it what was forgotten of it.
    let pages = DiskFile.units(offset, bytes.count, of: DiskFile.page)
    forgotten.subtract(pages)
    let from = pages.lowerBound * DiskFile.page
    let through = min((pages.upperBound + 1) * DiskFile.page, contents.count)
    pending.append(.write(offset: from, DiskBytes(contents.bytes(from..<through))))
  }

  func truncate(to length: Int) {
    guard length != contents.count else { return }
    contents.resize(to: length)
    pending.append(.truncate(length))
  }

  /// Makes everything durable.
  func synchronize() {
    for change in pending {
      switch change {
      case .write(let offset, let written): durable.put(written.bytes, at: offset)
      case .truncate(let length): durable.resize(to: length)
      }
    }
    pending.removeAll(keepingCapacity: true)
    durable.resize(to: contents.count)
  }

  /// A synchronisation that failed: something of what was pending reached the disk, and the system tries the rest no
  /// more, as Linux does.
  func failToSynchronize(_ random: inout SeededGenerator, sectorSize: Int) {
    for case .write(let offset, let written) in pending {
      forgotten.formUnion(DiskFile.units(offset, written.count, of: DiskFile.page))
    }
    leaveSome(&random, sectorSize)
  }

  /// Leaves what a power cut leaves: each sector as it was after some of its writes.
  func cutPower(_ random: inout SeededGenerator, sectorSize: Int) {
    leaveSome(&random, sectorSize)
    contents = durable.copy()
    forgotten = []
  }

  /// Turns a bit over, in what is durable and in what is seen.
  func flip(bit: Int, at offset: Int) {
    durable.flip(bit: bit, at: offset)
    contents.flip(bit: bit, at: offset)
  }

  /// Makes some of what is pending durable and drops the rest.
  private func leaveSome(_ random: inout SeededGenerator, _ sectorSize: Int) {
    defer { pending.removeAll(keepingCapacity: true) }
    if pending.isEmpty { return }
    let chance = SurvivalChance(of: pending.count, &random)
    let lengthPoint = chance.point(&random)
    let length = self.length(after: lengthPoint)
    let sectors = changesBySector(sectorSize).sorted { $0.key < $1.key }
    let end = durable.count
    durable.resize(to: max(length, end))
    // A sector that was never written holds zeros, or whatever was there.
    let isFilled = random.chance(25)
    for (sector, changes) in sectors {
      let range = (sector * sectorSize)..<((sector + 1) * sectorSize)
      if isFilled, range.lowerBound >= end { durable.fill(range, from: &random) }
      let point = chance.point(&random)
      for index in changes { apply(pending[index], within: range, if: index < point, orIfShorter: index < lengthPoint) }
    }
    durable.resize(to: length)
  }

  /// Applies to the durable bytes what of a change lies in a sector. What a truncation takes is gone where the length is
  /// that of after it, whatever else became of the sector.
  private func apply(_ change: Change, within sector: Range<Int>, if isWritten: Bool, orIfShorter isShorter: Bool) {
    let sector = sector.clamped(to: 0..<durable.count)
    switch change {
    case .write(let offset, let written):
      let common = sector.clamped(to: offset..<(offset + written.count))
      if common.isEmpty || !isWritten { return }
      durable.put(
        written.bytes((common.lowerBound - offset)..<(common.upperBound - offset)), at: common.lowerBound)
    case .truncate(let length):
      if isShorter { durable.clear(sector.clamped(to: length..<max(length, sector.upperBound))) }
    }
  }

  private func length(after point: Int) -> Int {
    var length = durable.count
    for change in pending[..<point] {
      switch change {
      case .write(let offset, let written): length = max(length, offset + written.count)
      case .truncate(let shorter): length = shorter
      }
    }
    return length
  }

  /// The changes that touch each sector, in their order.
  private func changesBySector(_ size: Int) -> [Int: [Int]] {
    var sectors: [Int: [Int]] = [:]
    var end = durable.count
    for (index, change) in pending.enumerated() {
      let touched: ClosedRange<Int>
      switch change {
      case .write(let offset, let written):
        touched = DiskFile.units(offset, written.count, of: size)
        end = max(end, offset + written.count)
      case .truncate(let length):
        if length >= end { continue }
        touched = DiskFile.units(length, end - length, of: size)
      }
      for sector in touched { sectors[sector, default: []].append(index) }
    }
    return sectors
  }

  private static func units(_ offset: Int, _ count: Int, of size: Int) -> ClosedRange<Int> {
    (offset / size)...((offset + count - 1) / size)
  }
}

/// After how many of its changes a sector is left by a power cut: in one of several manners, which is drawn once.
private struct SurvivalChance {
  private let count: Int
  private let manner: Int
  private let common: Int

  init(of count: Int, _ random: inout SeededGenerator) {
    self.count = count
    manner = random.below(6)
    common = random.below(count + 1)
  }

  func point(_ random: inout SeededGenerator) -> Int {
    switch manner {
    case 0: 0
    case 1: count
    // In order.
    case 2: common
    // In any order.
    case 3: random.below(count + 1)
    case 4: random.chance(50) ? count : 0
    // All but a little.
    default: random.chance(90) ? count : random.below(count + 1)
    }
  }
}
