#nullable disable
namespace Amazon.Lambda.Core;

public partial interface ILambdaContext
{
    ILambdaSerializer Serializer => null;
}
