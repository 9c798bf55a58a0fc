namespace WarmContext.Lambda;

/// <summary>How the environment is kept awake under <see cref="BackgroundCompletion.AfterResponse"/>.</summary>
public enum AfterResponseMechanism
{
    /// <summary>
    /// Chosen at run time: nothing is needed on Managed Instances; class-library functions (<c>Assembly::Type::Method</c>) use an internal
    /// extension, executable ones the <see cref="Lambda.RuntimeGate"/>.
    /// </summary>
    Automatic = 0,

    /// <summary>The <see cref="Lambda.RuntimeGate"/>, for executable functions that build their bootstrap themselves.</summary>
    RuntimeGate,

    /// <summary>
    /// An internal extension, which holds the freeze back from outside the runtime's client. Also for executable functions whose runtime client
    /// can't be given a gate, such as those on AddAWSLambdaHosting.
    /// </summary>
    InternalExtension,
}
