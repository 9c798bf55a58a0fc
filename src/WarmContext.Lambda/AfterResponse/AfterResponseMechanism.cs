namespace WarmContext.Lambda;

/// <summary>How the environment is kept awake under <see cref="BackgroundCompletion.AfterResponse"/>.</summary>
public enum AfterResponseMechanism
{
    /// <summary>
    /// Chosen at run time: nothing on Managed Instances, an internal extension for class-library functions (<c>Assembly::Type::Method</c>),
    /// the <see cref="Lambda.RuntimeGate"/> for executable ones.
    /// </summary>
    Automatic = 0,

    /// <summary>The <see cref="Lambda.RuntimeGate"/>, for executable functions that create their own bootstrap.</summary>
    RuntimeGate,

    /// <summary>
    /// An internal extension, which delays the freeze from outside the runtime client. Also for executable functions whose runtime client
    /// can't have a gate, such as those on AddAWSLambdaHosting.
    /// </summary>
    InternalExtension,
}
