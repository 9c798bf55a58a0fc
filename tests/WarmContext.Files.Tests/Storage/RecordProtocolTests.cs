using WarmContext.Files.Diagnostics;
using WarmContext.Files.Storage;
using WarmContext.Files.Tests.Support;
using WarmContext.TestSupport;

namespace WarmContext.Files.Tests.Storage;

/// <summary>
/// The record of one file under every order of the steps of processes that fetch and revalidate it, while it changes at its source. After
/// each step the disk must tell the truth: its source had that version when it was asked, or later. And it must never go back.
/// </summary>
public sealed class RecordProtocolTests : IDisposable
{
    // In memory where there is such a file system: it is written to some hundred thousand times.
    private readonly string _root = Path.Combine(
        Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"warmcontext-protocol-{Guid.NewGuid():N}");
    private readonly ManualTimeProvider _time = new();
    private readonly List<(long From, string Tag, int Number)> _history = [];
    private readonly List<string> _problems = [];
    private readonly EnvironmentClock _clock;
    private readonly CacheDirectory _directory;
    private readonly Dictionary<(string Process, int Number), string> _dataNames = [];
    private readonly string _hash = EntryNames.Hash("memory", CacheFixture.Id);
    private (EntryRecord Record, Freshness Seen)? _last;
    private bool _hasLocks = true;
    private bool _tellsModified = true;

    public RecordProtocolTests()
    {
        _time.Advance(DateTimeOffset.UtcNow - _time.GetUtcNow());
        _clock = new EnvironmentClock(_time);
        Directory.CreateDirectory(_root);
        _directory = new CacheDirectory(Path.Combine(_root, "cache"));
        _directory.Prepare();
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("ab", true, true)]
    [InlineData("aba", true, true)]
    [InlineData("ab", false, true)]
    [InlineData("ab", true, false)]
    public void Two_processes_that_fetch_leave_the_truth_in_every_order(string versions, bool tellsModified, bool hasLocks)
    {
        (_tellsModified, _hasLocks) = (tellsModified, hasLocks);
        Explore(2, 0, versions, whole: false, Fetch, Fetch);
    }

    [Theory]
    [InlineData("ab", true)]
    [InlineData("ab", false)]
    [InlineData("aba", true)]
    public void A_process_that_revalidates_beside_one_that_fetches_leaves_the_truth_in_every_order(string versions, bool hasLocks)
    {
        _hasLocks = hasLocks;
        Explore(2, 0, versions, whole: false, Revalidate, Fetch);
    }

    [Fact]
    public void A_process_killed_at_any_step_leaves_the_truth_and_no_lock()
    {
        Explore(2, 1, "ab", whole: false, Revalidate, Fetch);
    }

    [Fact]
    public void Three_processes_leave_the_truth_in_every_order()
    {
        // The two that fetch are alike: one of them asks first, and that is before everything else.
        Explore(3, 0, "ab", whole: true, Revalidate, Fetch, FetchAskedAtOnce);
    }

    private void Explore(int processes, int kills, string versions, bool whole, params Action<RecordFiles, Interleavings.Actor>[] scripts)
    {
        using var orders = new Interleavings(processes + 1, kills);
        var runs = orders.Run(
            () =>
            {
                _history.Clear();
                _last = null;
                Change(versions[0]);
                foreach (var name in _directory.Names("*").Where(static name => !EntryNames.IsData(name)))
                {
                    File.Delete(_directory.PathOf(name));
                }

                var source = (Interleavings.Actor actor) =>
                {
                    foreach (var version in versions.Skip(1))
                    {
                        actor.Step($"source has {version}");
                        Change(version);
                    }
                };
                return [.. scripts.Select(script => (Action<Interleavings.Actor>)(actor => script(Process(actor, whole), actor))), source];
            },
            step =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(1));
                if (step is "Change" or "commit")
                {
                    Check(orders);
                }
            },
            () =>
            {
                // Whatever was killed, the next one is not held up.
                var seen = Freshness.Now(_clock).AnsweredNow(_clock);
                if (!new RecordFiles(_directory, _clock).TryCommit(_hash, Record(_history[^1]), seen))
                {
                    _problems.Add($"held up after {string.Join(", ", orders.Order)}");
                }
            });
        Assert.True(_problems.Count == 0, $"{_problems.Count} of {runs} orders went wrong: {_problems.FirstOrDefault()}");
        Assert.True(runs > 100, $"Only {runs} orders.");
    }

    private RecordFiles Process(Interleavings.Actor actor, bool whole) => new(_directory, _clock)
    {
        Step = step =>
        {
            if (whole)
            {
                // The lock makes one step of it.
                if (step == RecordStep.Lock)
                {
                    actor.Step("commit");
                }

                return;
            }

            if (step == RecordStep.Read && !_hasLocks)
            {
                // As good as no lock: the next one finds none.
                File.Delete(_directory.PathOf(EntryNames.RecordLockPrefix + _hash));
            }

            actor.Step($"{step}", step == RecordStep.Lock && _hasLocks ? this : null, keeps: step != RecordStep.Lock);
        },
    };

    /// <summary>A download: the source is asked, answers, and what it sent is committed.</summary>
    private void Fetch(RecordFiles records, Interleavings.Actor actor)
    {
        actor.Step("ask");
        FetchAskedAtOnce(records, actor);
    }

    private void FetchAskedAtOnce(RecordFiles records, Interleavings.Actor actor)
    {
        var asked = Freshness.Now(_clock);
        actor.Step("answer");
        var version = _history[^1];
        asked = asked.AnsweredNow(_clock);
        records.TryCommit(_hash, Record(version, actor), asked.ForDisk(_clock));
    }

    /// <summary>Has the first version already, commits it, and asks whether it is still the current one.</summary>
    private void Revalidate(RecordFiles records, Interleavings.Actor actor)
    {
        var held = Record(_history[0]);
        var entry = new CachedEntry(
            new EntryStore(_directory, "memory", _clock, false, new FileCacheMetrics("memory")), held, _hash, Freshness.Now(_clock));
        new RecordFiles(_directory, _clock).TryCommit(_hash, held, Freshness.Now(_clock).AnsweredNow(_clock));
        actor.Step("ask");
        var asked = Freshness.Now(_clock);
        actor.Step("answer");
        var version = _history[^1];
        asked = asked.AnsweredNow(_clock);
        if (version.Tag == held.EntityTag)
        {
            records.Confirm(entry, asked.ForDisk(_clock));
        }
        else
        {
            records.TryCommit(_hash, Record(version, actor), asked.ForDisk(_clock));
        }
    }

    private void Change(char tag) => _history.Add((Freshness.Now(_clock).Asked, $"\"{tag}\"", _history.Count));

    private EntryRecord Record((long From, string Tag, int Number) version, Interleavings.Actor? actor = null)
    {
        var key = ($"{actor?.GetHashCode()}", version.Number);
        if (!_dataNames.TryGetValue(key, out var name))
        {
            _dataNames[key] = name = EntryNames.NewData(_hash, "x");
            File.WriteAllBytes(_directory.PathOf(name), [1]);
        }

        return new EntryRecord
        {
            Scheme = "memory",
            Id = CacheFixture.Id,
            DataName = name,
            Length = 1,
            EntityTag = version.Tag,
            LastModified = _tellsModified ? DateTimeOffset.UnixEpoch.AddSeconds(version.Number) : null,
            BootId = RecordFiles.CurrentBootId,
        };
    }

    private void Check(Interleavings orders)
    {
        if (new RecordFiles(_directory, _clock).Read(EntryNames.Record(_hash)) is not { } found)
        {
            return;
        }

        if (!WasCurrentSince(found.Record.EntityTag!, found.Seen.Asked))
        {
            _problems.Add(
                $"{found.Record.EntityTag} was not current any more when it was asked for, after {string.Join(", ", orders.Order)}");
        }

        if (_last is { } last && last.Record.EntityTag != found.Record.EntityTag && _hasLocks && WentBack(last, found))
        {
            _problems.Add($"{found.Record.EntityTag} replaced the later {last.Record.EntityTag}, after {string.Join(", ", orders.Order)}");
        }

        _last = found;
    }

    private bool WasCurrentSince(string tag, long asked) =>
        _history.Select((version, i) => version.Tag == tag && (i + 1 == _history.Count || _history[i + 1].From >= asked)).Contains(true);

    /// <summary>
    /// Strictly where the source tells when it changed what, and every version has a tag of its own; elsewhere nobody can order two answers
    /// to questions that were open at once.
    /// </summary>
    private bool WentBack((EntryRecord Record, Freshness Seen) last, (EntryRecord Record, Freshness Seen) found) =>
        _tellsModified && _history.DistinctBy(static version => version.Tag).Count() == _history.Count
            ? found.Record.LastModified < last.Record.LastModified
            : found.Seen.Answered < last.Seen.Asked;
}
