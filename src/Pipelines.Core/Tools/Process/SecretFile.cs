namespace Pipelines.Core.Tools;

/// <summary>A secret that a process reads from a file: the value of a variable, or what <c>{file}</c> in an argument stands for.</summary>
internal sealed record SecretFile(Secret Secret);
