namespace WarmContext.Testing.Sandboxes;

/// <content>Freeze and thaw.</content>
internal sealed partial class Sandbox
{
    private static readonly TimeSpan s_untilToldAgain = TimeSpan.FromMilliseconds(5);

    private int _freezes;

    private void Freeze()
    {
        _processes.Freeze();
        IsFrozen = true;
        _ = InsistAsync(++_freezes);
    }

    /// <summary>
    /// Tells them again for as long as one runs. Version 1's freezer tells each process once, and one that is just about to wait for a child it has forked misses that: the group
    /// then stays FREEZING for ever.
    /// </summary>
    private async Task InsistAsync(int freeze)
    {
        while (true)
        {
            await Task.Delay(s_untilToldAgain).ConfigureAwait(false);
            lock (_gate)
            {
                if (!IsFrozen || _freezes != freeze || _processes.AreStopped)
                {
                    return;
                }

                _processes.Freeze();
            }
        }
    }

    private void Thaw()
    {
        if (!IsFrozen)
        {
            return;
        }

        _recorder.Thawing();
        BeforeJump();
        _processes.Thaw();
        IsFrozen = false;
        AfterJump();
        _recorder.Thawed();
    }
}
