// SPDX-License-Identifier: Apache-2.0
// Pictures of the engine for people; nothing here changes anything.
import Calendar
import Pipeline
import Values

extension Engine {
  /// Why a run is not moving, and until when; nil for one that is not in memory.
  package func explain(_ id: RunID, at now: EngineTime) -> Standing? {
    guard let run = runs[id] else { return nil }
    switch run.phase {
    case .decided: return nil
    case .queued(let gate): return explain(id, run, queuedAt: gate)
    case .resolving(let call):
      return standing(
        run, .resolving, "the records its serial keys name are being looked up", call.plan)
    case .gated(let call, let gate): return explain(id, run, call, gate, now)
    case .calling(let call):
      return standing(
        run, .calling, "attempt \(call.made + 1) of \(call.plan.component) is under way", call.plan)
    case .backingOff(let call, let until):
      var standing = standing(
        run, .retry,
        "attempt \(call.made) of \(call.plan.component) failed; the next one has its time",
        call.plan)
      standing.until = now.wall(of: until)
      return standing
    case .recording: return standing(run, .recording, "what it did is being written to disk")
    case .stalled:
      return standing(
        run, .disk, "the disk refused what it did: free some space; it is tried every second")
    case .held: return standing(run, .hostEnding, "the host is ending: it goes on at the next start")
    }
  }

  private func standing(
    _ run: LiveRun, _ reason: Standing.Reason, _ message: String, _ plan: CallPlan? = nil
  ) -> Standing {
    Standing(reason: reason, message: message, since: run.since, component: plan?.component)
  }

  private func explain(_ id: RunID, _ run: LiveRun, queuedAt gate: LiveRun.StartGate) -> Standing {
    switch gate {
    case .fifo:
      var standing = standing(run, .fifo, "an earlier run of the same contact goes first")
      let key = FIFOKey(connector: run.connector, key: run.fifoKey ?? "")
      standing.holder = fifo[key]?.first
      standing.ahead = fifo[key]?.ahead(of: id)
      return standing
    case .connector:
      let limit = run.progress.options.concurrency ?? 1
      var standing = standing(
        run, .connectorConcurrency,
        "its connector's limit of \(limit) run\(limit == 1 ? "" : "s") at a time is reached")
      standing.ahead = connectorGates[run.connector]?.ahead(of: id)
      return standing
    case .project: return explainPause(run, nil)
    }
  }

  private func explainPause(_ run: LiveRun, _ plan: CallPlan?) -> Standing {
    standing(
      run, .projectPaused,
      "project \(run.project) is paused: jackfield project resume \(run.project)", plan)
  }

  private func explain(
    _ id: RunID, _ run: LiveRun, _ call: Call, _ gate: Gate, _ now: EngineTime
  ) -> Standing {
    let plan = call.plan
    let plugin = plan.action.plugin
    switch gate {
    case .disabled where isPaused(run.project): return explainPause(run, plan)
    case .disabled:
      return standing(
        run, .pluginDisabled,
        "plugin \(plugin) is disabled and its policy is to wait: "
          + "jackfield plugin enable \(plugin) --project \(run.project)", plan)
    case .credentialRate:
      let name = plan.credential ?? ""
      return explainRate(
        id, run, plan, .credential(run.project, name), "credential \(name)", now)
    case .pluginRate:
      return explainRate(id, run, plan, .plugin(run.project, plugin), "plugin \(plugin)", now)
    case .channelPace:
      let key = BucketKey.channel(run.project, plan.pace?.channel ?? "")
      return explainRate(id, run, plan, key, "channel \(plan.pace?.name ?? "")", now)
    case .lock:
      let blocker = locks.blocker(of: id)
      var standing = standing(
        run, .lock, "waits for the serial key \(blocker?.key.description ?? "")", plan)
      standing.holder = blocker?.holder
      return standing
    case .breaker: return explainBreaker(id, run, plan, now)
    case .concurrency:
      var standing = standing(
        run, .pluginConcurrency,
        "\(plan.policy.concurrency ?? 1) calls of plugin \(plugin) are under way, its limit", plan)
      standing.ahead =
        pluginGates[PluginKey(project: run.project, plugin: plugin)]?.ahead(of: id)
      return standing
    }
  }

  private func explainRate(
    _ id: RunID, _ run: LiveRun, _ plan: CallPlan, _ key: BucketKey, _ whose: String,
    _ now: EngineTime
  ) -> Standing {
    var standing = standing(run, .rate, "the rate of \(whose) is used up", plan)
    guard let rate = key.rate(of: plan), let gate = rates[key] else { return standing }
    standing.message += " (\(rate.calls) in \(DurationText.text(rate.per)))"
    let ahead = gate.line.ahead(of: id) ?? 0
    standing.ahead = ahead
    standing.until = now.wall(of: gate.bucket.next(rate, behind: ahead, at: now.monotonic))
    return standing
  }

  private func explainBreaker(
    _ id: RunID, _ run: LiveRun, _ plan: CallPlan, _ now: EngineTime
  ) -> Standing {
    let key = BreakerKey(run.project, plan.action.plugin, plan.credential)
    var standing = standing(
      run, .breaker, "plugin \(key.plugin) failed too often in a row: "
        + "jackfield breaker reset \(key.plugin) --project \(run.project), or wait", plan)
    standing.ahead = breakerGates[key]?.line.ahead(of: id)
    switch breakerGates[key]?.breaker.state {
    case .open(let until, _): standing.until = now.wall(of: until)
    case .probing(let probe, _): standing.holder = probe
    case .closed, nil: break
    }
    return standing
  }

  /// The breakers that are not closed, sorted.
  package func breakers(at now: EngineTime) -> [(key: BreakerKey, state: BreakerState)] {
    breakerGates.keys.sorted().compactMap { key in
      guard let state = breakerGates[key]?.breaker.state else { return nil }
      if case .closed = state { return nil }
      return (key, BreakerState(state, at: now))
    }
  }
}
