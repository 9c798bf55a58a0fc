namespace WarmContext.LocalServices;

/// <summary>Programs that tests, samples and benchmarks start.</summary>
public static class LocalPrograms
{
    /// <summary>
    /// Sees to it that programs are installed: has <c>eng/services install</c> do it as root where they are missing.
    /// That may take minutes. Asked once per process.
    /// </summary>
    /// <param name="name">What that command calls them, such as <c>chromium</c>.</param>
    /// <param name="cancellationToken">Ends the waiting; the installation goes on.</param>
    /// <exception cref="LocalServiceException">They aren't installed and can't be; the message says what to do.</exception>
    public static Task InstallAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return ServicesScript.InstallAsync(name, cancellationToken);
    }
}
