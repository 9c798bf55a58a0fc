using System.Net;
using WarmContext.Testing.Isolation.Preload;

namespace WarmContext.Testing.Audits.Sampling;

/// <summary>Counts what went over TCP between two samples, by remote address.</summary>
/// <param name="runtimeApi">The Runtime API's address, which is left out.</param>
internal sealed class TrafficMeter(IPEndPoint runtimeApi)
{
    private readonly List<TcpSocket> _dead = [];
    private readonly List<TcpSocket> _vanished = [];
    private readonly HashSet<ulong> _offTable = [];
    private Dictionary<(int LocalPort, string Remote), TcpSocket> _known = [];

    /// <summary>Remembers which connections have ended, at the moment of a thaw.</summary>
    /// <param name="sockets">The sockets that there are.</param>
    /// <param name="allAreDead">True when all are being ended.</param>
    public void Thawing(IReadOnlyList<TcpSocket> sockets, bool allAreDead = false)
    {
        _dead.Clear();
        _offTable.Clear();
        _dead.AddRange(sockets.Where(socket => (allAreDead || socket.IsDead) && Name(socket.Remote) is not null));
        _dead.AddRange(_vanished);

        // Their use can't be seen in the table.
        _offTable.UnionWith((allAreDead ? _dead : _vanished).Select(static socket => socket.Cookie));
        _vanished.Clear();
    }

    /// <summary>What went over the network since the last time.</summary>
    /// <param name="sockets">The sockets that there are.</param>
    /// <param name="open">The numbers of all sockets that the processes have open, those too that the kernel's table has no longer.</param>
    /// <param name="events">What the preloaded library saw since the last time, where there is one.</param>
    public List<RecordedTraffic> Take(IReadOnlyList<TcpSocket> sockets, IReadOnlySet<long> open, IReadOnlyList<SocketEvent>? events)
    {
        var totals = new SortedDictionary<string, Total>(StringComparer.Ordinal);
        var now = new Dictionary<(int, string), TcpSocket>();
        foreach (var socket in sockets)
        {
            if (Name(socket.Remote) is { } remote)
            {
                now[(socket.Local.Port, remote)] = socket;
            }
        }

        foreach (var (key, socket) in now)
        {
            var before = _known.GetValueOrDefault(key);
            before = before?.Cookie == socket.Cookie ? before : null;
            var total = Of(totals, key.Item2);
            total.Sent += socket.BytesSent - (before?.BytesSent ?? 0);
            total.Received += socket.BytesReceived - (before?.BytesReceived ?? 0);
            total.Opened += before is null && events is null ? 1 : 0;
            if (before is not null && socket.BytesSent > before.BytesSent && _dead.RemoveAll(dead => dead.Cookie == socket.Cookie) > 0)
            {
                total.DeadUsed++;
            }
        }

        CountReset(sockets, open, totals);

        foreach (var each in events ?? [])
        {
            Add(each, totals);
        }

        // Reset by the other side: they have left the table, and the process doesn't know yet.
        _vanished.AddRange(
            _known.Values.Where(known => open.Contains(known.Inode) && !now.Values.Any(socket => socket.Cookie == known.Cookie)));
        _known = now;
        return [.. totals.Where(static pair => pair.Value.IsSomething).Select(static pair => pair.Value.ToTraffic(pair.Key))];
    }

    private void Add(SocketEvent each, SortedDictionary<string, Total> totals)
    {
        if (Name(each.Remote) is not { } remote)
        {
            return;
        }

        var total = Of(totals, remote);
        _known.TryGetValue((each.LocalPort, remote), out var known);
        switch (each.Kind)
        {
            case SocketEventKind.Opened:
                total.Opened++;
                break;
            case SocketEventKind.Closed:
                total.Sent += Math.Max(0, each.BytesSent - (known?.BytesSent ?? 0));
                total.Received += Math.Max(0, each.BytesReceived - (known?.BytesReceived ?? 0));
                if (known is not null && each.BytesSent > known.BytesSent && _dead.RemoveAll(dead => dead.Cookie == known.Cookie) > 0)
                {
                    total.DeadUsed++;
                }

                break;
            case SocketEventKind.UsedDead when FindDead(each, remote) is { } dead:
                _dead.Remove(dead);
                total.DeadUsed++;
                break;
        }
    }

    /// <summary>
    /// One that the peer had closed, and that is then sent to, is reset: it leaves the kernel's table, but not the process.
    /// </summary>
    private void CountReset(IReadOnlyList<TcpSocket> sockets, IReadOnlySet<long> open, SortedDictionary<string, Total> totals)
    {
        if (_dead.Count == 0)
        {
            return;
        }

        var there = sockets.Select(static socket => socket.Cookie).ToHashSet();
        foreach (var reset in _dead.FindAll(
            dead => open.Contains(dead.Inode) && !there.Contains(dead.Cookie) && !_offTable.Contains(dead.Cookie)))
        {
            _dead.Remove(reset);
            Of(totals, Name(reset.Remote)!).DeadUsed++;
        }
    }

    /// <summary>One that was cut off has forgotten its local port.</summary>
    private TcpSocket? FindDead(SocketEvent each, string remote) =>
        _dead.Find(dead => Name(dead.Remote) == remote && (each.LocalPort == 0 || each.LocalPort == dead.Local.Port));

    private static Total Of(SortedDictionary<string, Total> totals, string remote)
    {
        if (!totals.TryGetValue(remote, out var total))
        {
            totals[remote] = total = new Total();
        }

        return total;
    }

    /// <summary>The remote address as it is shown; null for one that is left out.</summary>
    private string? Name(IPEndPoint remote)
    {
        if (remote.Port == 0)
        {
            return null;
        }

        var plain = remote.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(remote.Address.MapToIPv4(), remote.Port) : remote;
        return plain.Equals(runtimeApi) ? null : plain.ToString();
    }

    private sealed class Total
    {
        public int Opened { get; set; }

        public long Sent { get; set; }

        public long Received { get; set; }

        public int DeadUsed { get; set; }

        public bool IsSomething => Opened > 0 || Sent > 0 || Received > 0 || DeadUsed > 0;

        public RecordedTraffic ToTraffic(string remote) => new()
        {
            RemoteAddress = remote,
            ConnectionsOpened = Opened,
            BytesReceived = Received,
            BytesSent = Sent,
            DeadConnectionsUsed = DeadUsed,
        };
    }
}
