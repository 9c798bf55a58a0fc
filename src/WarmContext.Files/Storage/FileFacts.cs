using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace WarmContext.Files.Storage;

/// <summary>What the file system says of one path, without following a symbolic link at its end.</summary>
internal readonly partial record struct FileFacts(
    bool IsRegularFile, bool IsDirectory, bool IsSymbolicLink, bool IsOurs, UnixFileMode Mode, long Length, DateTime LastWriteUtc)
{
    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStats = 0x7ff;
    private const int TypeMask = 0xF000;
    private const int RegularType = 0x8000;
    private const int DirectoryType = 0x4000;
    private const int LinkType = 0xA000;

    // Implementation note: the base class library tells nobody's owner, and a file of another user in the cache directory is not to be
    // trusted. statx has one layout on every architecture; where the C library lacks it, ownership is taken as given.
    private static bool s_noStatx = !OperatingSystem.IsLinux();

    /// <summary>The facts of a path; null when there is nothing there.</summary>
    public static FileFacts? Of(string path)
    {
        if (!s_noStatx)
        {
            try
            {
                return OfLinux(path);
            }
            catch (Exception exception) when (exception is EntryPointNotFoundException or DllNotFoundException)
            {
                s_noStatx = true;
            }
        }

        return OfAnySystem(path);
    }

    /// <summary>The facts of an open file.</summary>
    public static FileFacts? Of(SafeFileHandle file)
    {
        if (!s_noStatx && Statx(file, string.Empty, EmptyPath, BasicStats, out var stat) == 0)
        {
            return OfStat(stat);
        }

        return new FileFacts(true, false, false, true, default, RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file));
    }

    /// <summary>
    /// True when an open file has so many bytes and still has a name. Half the price of asking by path, which a hit can't afford.
    /// </summary>
    public static bool IsWhole(SafeFileHandle file, string path, long length)
    {
        if (!s_noStatx && Statx(file, string.Empty, EmptyPath, BasicStats, out var stat) == 0)
        {
            return stat.Links > 0 && (long)stat.Size == length && (stat.Mode & TypeMask) == RegularType;
        }

        return RandomAccess.GetLength(file) == length && File.Exists(path);
    }

    /// <summary>True when an open file still has a name.</summary>
    public static bool HasName(SafeFileHandle file, string path) =>
        !s_noStatx && Statx(file, string.Empty, EmptyPath, BasicStats, out var stat) == 0 ? stat.Links > 0 : File.Exists(path);

    private static FileFacts? OfLinux(string path)
    {
        if (Statx(CurrentDirectory, path, NoFollow, BasicStats, out var stat) != 0)
        {
            // ENOSYS: a kernel or sandbox without statx. Everything else means that the path can't be used, like a missing one.
            if (Marshal.GetLastPInvokeError() == 38)
            {
                throw new EntryPointNotFoundException();
            }

            return null;
        }

        return OfStat(stat);
    }

    private static FileFacts OfStat(in StatxBuffer stat) => new(
        (stat.Mode & TypeMask) == RegularType,
        (stat.Mode & TypeMask) == DirectoryType,
        (stat.Mode & TypeMask) == LinkType,
        stat.UserId == GetEffectiveUserId(),
        (UnixFileMode)(stat.Mode & 0xFFF),
        (long)stat.Size,
        DateTime.UnixEpoch.AddTicks((stat.ModifiedSeconds * TimeSpan.TicksPerSecond) + (stat.ModifiedNanoseconds / 100)));

    private static FileFacts? OfAnySystem(string path)
    {
        FileSystemInfo info = System.IO.Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        if (!info.Exists && info.LinkTarget is null)
        {
            return null;
        }

        var isLink = info.LinkTarget is not null;
        return new FileFacts(
            !isLink && info is FileInfo,
            !isLink && info is DirectoryInfo,
            isLink,
            true,
            OperatingSystem.IsWindows() ? UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute : info.UnixFileMode,
            isLink || info is not FileInfo file ? 0 : file.Length,
            info.LastWriteTimeUtc);
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, out StatxBuffer buffer);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(SafeFileHandle directory, string path, int flags, uint mask, out StatxBuffer buffer);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUserId();

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatxBuffer
    {
        [FieldOffset(16)]
        public uint Links;

        [FieldOffset(20)]
        public uint UserId;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(40)]
        public ulong Size;

        [FieldOffset(112)]
        public long ModifiedSeconds;

        [FieldOffset(120)]
        public uint ModifiedNanoseconds;
    }
}
