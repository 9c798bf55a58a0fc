using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace WarmContext.Testing.Isolation.Preload;

/// <summary>The page that an environment shares with the library preloaded into its function. The layout is that of preload.c.</summary>
internal sealed unsafe partial class PreloadPage : IDisposable
{
    private const int Events = 8192;
    private const int EventLength = 64;
    private const int HeaderLength = 64;
    private const int Length = HeaderLength + (Events * EventLength);
    private const int OffsetTurn = 8;
    private const int OffsetDone = 12;
    private const int OffsetCut = 16;
    private const int OffsetLoaded = 20;
    private const int OffsetRuntime = 24;
    private const int OffsetApiPort = 28;
    private const int OffsetWritten = 32;
    private const int FutexWake = 1;
    private const int ProtectReadWrite = 3;
    private const int MapShared = 1;
    private const int FamilyInternet = 2;

    private readonly object _gate = new();
    private byte* _page;
    private ulong _read;

    public PreloadPage(string path)
    {
        FilePath = path;
        using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite))
        {
            file.SetLength(Length);
        }

        using SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var mapped = Map(0, Length, ProtectReadWrite, MapShared, (int)handle.DangerousGetHandle(), 0);
        if (mapped == -1)
        {
            throw new IOException($"{path} can't be mapped: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
        }

        _page = (byte*)mapped;
    }

    public string FilePath { get; }

    /// <summary>What the function's clocks are ahead of this machine's.</summary>
    public TimeSpan ClockOffset
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref At<long>(0)) / 100);
        set => Volatile.Write(ref At<long>(0), value.Ticks * 100);
    }

    /// <summary>True when some process has loaded the library.</summary>
    public bool IsLoaded => Volatile.Read(ref At<uint>(OffsetLoaded)) != 0;

    /// <summary>A runtime starts.</summary>
    public void Start(int process, string runtimeApi)
    {
        Volatile.Write(ref At<uint>(OffsetLoaded), 0);
        Volatile.Write(ref At<int>(OffsetRuntime), process);
        Volatile.Write(ref At<int>(OffsetApiPort), IPEndPoint.Parse(runtimeApi).Port);
    }

    /// <summary>
    /// Has the library, when its process runs again, end the waits that are over by the clock as it is now, and the connections where that
    /// is asked for.
    /// </summary>
    public void Announce(bool endsConnections)
    {
        Volatile.Write(ref At<uint>(OffsetCut), endsConnections ? 1u : 0u);
        ref var turn = ref At<uint>(OffsetTurn);
        Interlocked.Increment(ref turn);
        var call = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 98 : 202;
        _ = Futex(call, (nint)(_page + OffsetTurn), FutexWake, int.MaxValue, 0, 0, 0);
    }

    /// <summary>Waits until the library has done what was announced.</summary>
    /// <returns>False when it hasn't in that time.</returns>
    public bool WaitUntilDone(TimeSpan limit) =>
        SpinWait.SpinUntil(() => Volatile.Read(ref At<uint>(OffsetDone)) == Volatile.Read(ref At<uint>(OffsetTurn)), limit);

    /// <summary>What happened to sockets since the last time. What is older than the page remembers is lost.</summary>
    public List<SocketEvent> Take()
    {
        lock (_gate)
        {
            var events = new List<SocketEvent>();
            if (_page is null)
            {
                return events;
            }

            var written = Volatile.Read(ref At<ulong>(OffsetWritten));
            _read = Math.Max(_read, written > Events ? written - Events : 0);
            for (; _read < written; _read++)
            {
                if (Read((int)(_read % Events), _read + 1) is { } each)
                {
                    events.Add(each);
                }
            }

            return events;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_page is not null)
            {
                _ = Unmap((nint)_page, Length);
                _page = null;
            }
        }
    }

    private SocketEvent? Read(int slot, ulong sequence)
    {
        var start = HeaderLength + (slot * EventLength);

        // One that a killed or frozen process was writing stays incomplete.
        if (Volatile.Read(ref At<ulong>(start)) != sequence)
        {
            return null;
        }

        var address = new ReadOnlySpan<byte>(_page + start + 24, At<int>(start + 12) == FamilyInternet ? 4 : 16);
        return new SocketEvent(
            (SocketEventKind)At<int>(start + 8),
            At<ushort>(start + 16),
            new IPEndPoint(new IPAddress(address), At<ushort>(start + 18)),
            (long)At<ulong>(start + 40),
            (long)At<ulong>(start + 48));
    }

    private ref T At<T>(int offset)
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_page is null, this);
        return ref *(T*)(_page + offset);
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(nint address, nint length);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Futex(nint call, nint address, nint operation, nint value, nint timeout, nint address2, nint value3);
}
