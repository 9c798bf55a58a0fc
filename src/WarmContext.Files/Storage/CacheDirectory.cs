namespace WarmContext.Files.Storage;

/// <summary>The directory of a cache: made and checked when it is needed, private to this user.</summary>
internal sealed class CacheDirectory(string path)
{
    private const int MaxAttempts = 10;

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode WritableByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    /// <summary>The mode of every file in it.</summary>
    public const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private volatile bool _hasLocks;
    private volatile bool _probed;

    public string Path { get; } = path;

    /// <summary>
    /// False where the file system's locks do nothing, or don't tell two files of one process apart: then nobody knows who is alive, and
    /// what might be another's is left alone until it is old.
    /// </summary>
    public bool HasLocks
    {
        get
        {
            if (!_probed)
            {
                try
                {
                    _hasLocks = ProbeLocks();
                    _probed = true;
                }
                catch (IOException exception) when (exception is not FileCacheException)
                {
                    // No room, say: what to do about that is for others to say.
                    return true;
                }
            }

            return _hasLocks;
        }
    }

    public string PathOf(string name) => string.Concat(Path, "/", name);

    /// <summary>
    /// Makes the directory, or checks the one that is there: it may have been removed under a running process, so no success is remembered.
    /// </summary>
    /// <exception cref="FileCacheException">The directory can't be used; the message says why.</exception>
    public void Prepare()
    {
        try
        {
            if (FileFacts.Of(Path) is not { } facts)
            {
                CreateDirectory();
                facts = FileFacts.Of(Path) ?? throw new DirectoryNotFoundException("It was removed while it was made.");
            }

            Check(facts);
        }
        catch (Exception exception) when (exception is not FileCacheException and (IOException or UnauthorizedAccessException))
        {
            throw NotWritable(exception);
        }
    }

    /// <summary>
    /// Creates a new file that nobody else can open, mode 0600. Fails when anything of that name is there, a link included.
    /// </summary>
    /// <param name="name">The file's name.</param>
    /// <param name="share">Who else may open it.</param>
    /// <param name="length">The space to reserve.</param>
    public FileStream CreateNew(string name, FileShare share, long length)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = share,
            BufferSize = 0,
            PreallocationSize = length,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = PrivateFile;
        }

        try
        {
            return new FileStream(PathOf(name), options);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody cleared the temporary directory under a running process.
            Prepare();
            return new FileStream(PathOf(name), options);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw NotWritable(exception);
        }
    }

    /// <summary>
    /// Creates a file under a name that nobody has and nobody else can open. Another process that sweeps the directory may get hold of a
    /// file between its creation and its lock, and take it for an orphan: then it is created again.
    /// </summary>
    public FileStream CreateUnique(Func<string> newName, long length, out string name)
    {
        for (var attempt = 1; ; attempt++)
        {
            name = newName();
            try
            {
                var stream = CreateNew(name, FileShare.None, length);
                if (File.Exists(PathOf(name)))
                {
                    return stream;
                }

                stream.Dispose();
            }
            catch (IOException exception) when (IsLocked(exception) && attempt < MaxAttempts)
            {
                File.Delete(PathOf(name));
            }

            if (attempt == MaxAttempts)
            {
                throw new IOException($"Files in '{Path}' vanish as soon as they are created. Does another program clean it up?");
            }
        }
    }

    /// <summary>How often the directory was listed, which costs the more the more is in it.</summary>
    internal int Listings { get; private set; }

    /// <summary>True when there are no more files than this.</summary>
    public bool HasAtMost(int count)
    {
        try
        {
            return !System.IO.Directory.EnumerateFiles(Path).Skip(count).Any();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>The names of the files that are there.</summary>
    public List<string> Names(string pattern)
    {
        Listings++;
        try
        {
            return System.IO.Directory.GetFiles(Path, pattern).Select(static path => System.IO.Path.GetFileName(path)).ToList();
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>The files that take space: whole ones and partial ones. Those that vanish meanwhile are left out.</summary>
    public List<StoredFile> StoredFiles()
    {
        var files = new List<StoredFile>();
        foreach (var name in Names("*"))
        {
            var isPartial = name.StartsWith(EntryNames.PartialPrefix, StringComparison.Ordinal);
            if ((isPartial || EntryNames.IsData(name)) && FileFacts.Of(PathOf(name)) is { } facts)
            {
                files.Add(new StoredFile(name, isPartial, facts.Length, facts.LastWriteUtc));
            }
        }

        return files;
    }

    private bool ProbeLocks()
    {
        using var held = CreateNew(EntryNames.NewTemporary(), FileShare.None, 0);
        try
        {
            using var second = new FileStream(held.Name, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
        finally
        {
            File.Delete(held.Name);
        }
    }

    private void CreateDirectory()
    {
        if (OperatingSystem.IsWindows())
        {
            System.IO.Directory.CreateDirectory(Path);
        }
        else
        {
            System.IO.Directory.CreateDirectory(Path, Private);
        }
    }

    private void Check(FileFacts facts)
    {
        if (facts.IsSymbolicLink)
        {
            throw Unusable("is a symbolic link, which could point anywhere", null);
        }

        if (!facts.IsDirectory)
        {
            throw Unusable("is not a directory", null);
        }

        if (!facts.IsOurs)
        {
            throw Unusable("belongs to another user", null);
        }

        if (OperatingSystem.IsWindows())
        {
            return;
        }

        if ((facts.Mode & WritableByOthers) != 0)
        {
            throw Unusable($"is writable by others (mode {Convert.ToString((int)facts.Mode, 8)}), who may have put files there", null);
        }

        if (facts.Mode != Private)
        {
            File.SetUnixFileMode(Path, Private);
        }
    }

    /// <summary>
    /// True for a directory that can't be made or written to, as on a read-only file system. One that isn't safe to use is none of these.
    /// </summary>
    public static bool IsNotWritable(Exception exception) =>
        exception is FileCacheException
        {
            Error: FileCacheError.Directory, InnerException: UnauthorizedAccessException or (IOException and not FileCacheException),
        };

    private FileCacheException NotWritable(Exception exception) =>
        Unusable($"can't be made or written to ({exception.Message})", exception);

    private FileCacheException Unusable(string why, Exception? exception) => new(
        FileCacheError.Directory, $"The cache directory '{Path}' {why}. Set " +
            $"{nameof(FileCacheOptions)}.{nameof(FileCacheOptions.Directory)} to a directory of this user with mode 0700, or to one that " +
                "doesn't exist yet.", exception);

    /// <summary>True when somebody else has the file under a lock.</summary>
    public static bool IsLocked(IOException exception) => 
        // EWOULDBLOCK of Linux and of macOS, and the sharing violation of Windows.
        exception.HResult is 11 or 35 or unchecked((int)0x80070020);

    /// <summary>A file that takes space, whole or partial.</summary>
    internal readonly record struct StoredFile(string Name, bool IsPartial, long Length, DateTime LastWriteUtc);
}
