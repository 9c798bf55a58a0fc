namespace WarmContext.Testing.Audits.Checks;

/// <summary>Looks for one kind of thing in the recording of one environment.</summary>
internal interface IAuditCheck
{
    IEnumerable<Finding> Check(Recording recording);
}
