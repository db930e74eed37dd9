extension SimulatedDisk {
  /// Stops the process at an operation, by its number in ``operations``: it and everything later fails, until
  /// ``kill()`` or ``cutPower()`` decides what is left. A write that is met so may have been done in part.
  public func stop(at operation: Int) { system.locked { $0.stopsAt = operation } }

  /// Whether the operation was met at which the process stops.
  public var isStopped: Bool { system.locked { $0.isStopped } }

  /// Ends every process that uses the disk: what it wrote stays, its locks are gone, and its open files do nothing more.
  public func kill() { system.locked { $0.endProcesses() } }

  /// Takes the power away: what is durable stays, and of the rest what chance leaves.
  public func cutPower() {
    system.locked { state in
      state.endProcesses()
      state.directory.cutPower(&state.random, sectorSize: state.sectorSize)
    }
  }

  /// Turns one bit over on the disk, chosen by chance where it is not named.
  ///
  /// - Parameter suffix: of which files to choose, by the end of their names.
  /// - Returns: which bit; `nil` where there is nothing to flip.
  @discardableResult
  public func flipBit(suffix: String = "", at offset: Int? = nil) -> FlippedBit? {
    system.locked { state in
      let files = state.directory.files.filter { $0.key.hasSuffix(suffix) && $0.value.length > 0 }
      let candidates = files.sorted { $0.key < $1.key }
      if candidates.isEmpty { return nil }
      // Every byte is as likely as any other.
      var place = offset ?? state.random.below(candidates.reduce(0) { $0 + $1.value.length })
      let bit = state.random.below(8)
      for (path, file) in candidates {
        if place < file.length {
          file.flip(bit: bit, at: place)
          return FlippedBit(path: path, offset: place, bit: bit)
        }
        place -= file.length
      }
      return nil
    }
  }

  /// All files as they are seen now: a backup of everything, to be restored later.
  public func copy() -> DiskImage {
    system.locked { DiskImage(files: $0.directory.files.mapValues { Array($0.contents.bytes) }) }
  }

  /// Puts everything back as it was when `image` was copied. Ends every process that uses the disk.
  public func restore(_ image: DiskImage) {
    system.locked { state in
      state.endProcesses()
      state.directory.replace(with: image)
    }
  }
}

extension SimulatedDisk {
  /// Everything that is wrong with the disk ends.
  public func heal() { faults = DiskFaults() }
}
