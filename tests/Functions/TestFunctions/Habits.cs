using System.Net.Sockets;

namespace TestFunctions;

/// <summary>
/// Good and bad habits, for the audit to tell apart. PEER is the port of a server on loopback that answers every request with bytes.
/// </summary>
public class Habits
{
    private static readonly int s_port = int.Parse(
        Environment.GetEnvironmentVariable("PEER") ?? "0", System.Globalization.CultureInfo.InvariantCulture);
    private static readonly List<byte[]> s_kept = [];
    private static TcpClient? s_client;
    private static Timer? s_timer;

    /// <summary>Opens a connection in every invocation, asks for so many bytes and closes it.</summary>
    public async Task OpenEachTime(int bytes)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", s_port);
        await AskAsync(client, bytes);
    }

    /// <summary>Keeps its connection, without looking whether it is still there.</summary>
    public async Task KeepOpen(int bytes)
    {
        if (s_client is null)
        {
            s_client = new TcpClient();
            await s_client.ConnectAsync("127.0.0.1", s_port);
        }

        await AskAsync(s_client, bytes);
    }

    /// <summary>Leaves a loop behind that uses CPU for so many milliseconds.</summary>
    public void Spin(int milliseconds)
    {
        var until = DateTime.UtcNow.AddMilliseconds(milliseconds);
        new Thread(() =>
        {
            while (DateTime.UtcNow < until)
            {
            }
        }) { IsBackground = true, Name = "left-behind" }.Start();
    }

    /// <summary>Starts a timer that writes a line every millisecond.</summary>
    public void Tick() => s_timer ??= new Timer(static _ => Console.WriteLine("tick"), null, 0, 1);

    /// <summary>Writes a file of so many bytes with a name of its own.</summary>
    public void Litter(int bytes) => File.WriteAllBytes(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N")), new byte[bytes]);

    /// <summary>Writes a line, and a file with a name of its own.</summary>
    public void LogAndLitter(string line)
    {
        Console.WriteLine(line);
        Litter(5000);
    }

    /// <summary>Keeps so many bytes for ever.</summary>
    public void Hoard(int bytes)
    {
        var kept = new byte[bytes];
        Array.Fill(kept, (byte)1);
        s_kept.Add(kept);
    }

    public void Nothing()
    {
    }

    /// <summary>Slow the first time.</summary>
    public void LazyFirst(int milliseconds)
    {
        if (s_kept.Count == 0)
        {
            s_kept.Add([]);
            Thread.Sleep(milliseconds);
        }
    }

    private static async Task AskAsync(TcpClient client, int bytes)
    {
        var stream = client.GetStream();
        await stream.WriteAsync(BitConverter.GetBytes(bytes));
        await stream.ReadExactlyAsync(new byte[bytes]);
    }
}
