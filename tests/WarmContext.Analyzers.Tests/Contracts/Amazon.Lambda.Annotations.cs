// Signatures only, for compiling handlers in tests where the package can't be restored.
#nullable disable
namespace Amazon.Lambda.Annotations;

[AttributeUsage(AttributeTargets.Method)]
public class LambdaFunctionAttribute : Attribute
{
    public int Timeout { get; set; }

    public int MemorySize { get; set; }
}

[AttributeUsage(AttributeTargets.Class)]
public class LambdaStartupAttribute : Attribute
{
}

[AttributeUsage(AttributeTargets.Parameter)]
public class FromServicesAttribute : Attribute
{
}
