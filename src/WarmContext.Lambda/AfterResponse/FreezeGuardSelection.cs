namespace WarmContext.Lambda.AfterResponse;

/// <summary>Chooses what keeps an environment awake after a response.</summary>
internal static class FreezeGuardSelection
{
    /// <summary>The guard; null where background work must end before the return.</summary>
    public static IFreezeGuard? For(ExecutionEnvironment environment, AfterResponseMechanism mechanism)
    {
        if (environment.RuntimeApi is null)
        {
            return null;
        }

        if (environment.InitializationType == InitializationType.ManagedInstances)
        {
            return NeverFrozen.Instance;
        }

        if (mechanism == AfterResponseMechanism.Automatic)
        {
            var isClassLibrary = environment.Handler?.Contains("::", StringComparison.Ordinal) == true;
            mechanism = isClassLibrary ? AfterResponseMechanism.InternalExtension : AfterResponseMechanism.RuntimeGate;
        }

        return mechanism == AfterResponseMechanism.RuntimeGate ? RuntimeGateGuard.Instance : InternalExtension.ForInvocations(environment);
    }
}
