namespace WarmContext.Files.Storage;

/// <summary>The steps in which a process changes a record.</summary>
internal enum RecordStep
{
    /// <summary>Takes the record's lock.</summary>
    Lock,

    /// <summary>Reads the record that is there.</summary>
    Read,

    /// <summary>Renames a new record over it, or removes it.</summary>
    Change,
}
