using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;

namespace WarmContext.Network;

/// <summary>One direction of a relayed connection: what is read is sent when the line would have carried it. Two threads, since a sleeping one must not stop the reading.</summary>
internal sealed class RelayDirection
{
    private const int BufferBytes = 64 * 1024;

    private readonly Socket _from;
    private readonly Socket _to;
    private readonly long _delay;
    private readonly double? _bytesPerSecond;
    private readonly BlockingCollection<(byte[] Bytes, long Due)> _line;
    private readonly Action _broken;

    // When the last byte read so far has passed the line's narrowest place.
    private long _passed;
    private volatile bool _cut;

    /// <param name="from">Read from here.</param>
    /// <param name="to">Written to here.</param>
    /// <param name="delay">How long the way is.</param>
    /// <param name="bytesPerSecond">How much it carries; null for any amount.</param>
    /// <param name="notBefore">The timestamp before which nothing is on its way: the connection is still being opened.</param>
    /// <param name="broken">Called when either side fails.</param>
    public RelayDirection(Socket from, Socket to, TimeSpan delay, double? bytesPerSecond, long notBefore, Action broken)
    {
        (_from, _to, _bytesPerSecond, _passed, _broken) = (from, to, bytesPerSecond, notBefore, broken);
        _delay = Ticks(delay.TotalSeconds);

        // As much under way as the line holds, and a little more, so that a late wake-up doesn't limit the rate.
        _line = new BlockingCollection<(byte[], long)>(32 + (int)((bytesPerSecond ?? 0) * 2 * delay.TotalSeconds / BufferBytes));
    }

    public void Start()
    {
        new Thread(Read, 256 * 1024) { IsBackground = true, Name = "relay reads" }.Start();
        new Thread(Write, 256 * 1024) { IsBackground = true, Name = "relay writes" }.Start();
    }

    /// <summary>From now on everything vanishes on the way, also the news that a side has closed.</summary>
    public void Cut() => _cut = true;

    private void Read()
    {
        var buffer = new byte[BufferBytes];
        try
        {
            for (int read; (read = _from.Receive(buffer)) > 0;)
            {
                _line.Add((buffer[..read], Due(read)));
            }

            _line.Add(([], Due(0)));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            Break();
        }
        finally
        {
            _line.CompleteAdding();
        }
    }

    private void Write()
    {
        PreciseSleep.PrepareThread();
        try
        {
            foreach (var (bytes, due) in _line.GetConsumingEnumerable())
            {
                PreciseSleep.Until(due);
                if (_cut)
                {
                    continue;
                }

                if (bytes.Length == 0)
                {
                    _to.Shutdown(SocketShutdown.Send);
                    return;
                }

                // A blocking socket sends all.
                _to.Send(bytes);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            Break();
        }
    }

    private void Break()
    {
        if (!_cut)
        {
            _broken();
        }
    }

    private long Due(int bytes)
    {
        _passed = Math.Max(_passed, Stopwatch.GetTimestamp());
        if (_bytesPerSecond is { } rate)
        {
            _passed += Ticks(bytes / rate);
        }

        return _passed + _delay;
    }

    private static long Ticks(double seconds) => (long)(seconds * Stopwatch.Frequency);
}
